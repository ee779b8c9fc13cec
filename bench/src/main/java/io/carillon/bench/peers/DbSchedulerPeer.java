package io.carillon.bench.peers;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.SchedulerBuilder;
import com.github.kagkarlsson.scheduler.SchedulerName;
import com.github.kagkarlsson.scheduler.task.CompletionHandler;
import com.github.kagkarlsson.scheduler.task.ExecutionContext;
import com.github.kagkarlsson.scheduler.task.SchedulableInstance;
import com.github.kagkarlsson.scheduler.task.TaskInstance;
import com.github.kagkarlsson.scheduler.task.helper.CustomTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import com.zaxxer.hikari.HikariDataSource;
import io.carillon.bench.peers.Order.Setup;
import io.carillon.bench.peers.Peer.Job;
import io.carillon.bench.peers.Timetable.Series;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * db-scheduler, polling as its documents say for high throughput: lock-and-fetch, many threads and
 * high limits.
 */
final class DbSchedulerPeer implements Peer {

  private static final int THREADS = 32;
  private static final double LOWER_LIMIT = 4.0;
  private static final double UPPER_LIMIT = 16.0;

  /** Beside the threads that execute: polling, heartbeats, and the callers of its API. */
  private static final int OTHER_CONNECTIONS = 8;

  private final Setup setup;
  private final Timetable timetable;
  private final Job job;
  private final CustomTask<Void> task;
  private final Scheduler scheduler;
  private boolean started;

  DbSchedulerPeer(Setup setup, Timetable timetable, Job job) {
    this.setup = setup;
    this.timetable = timetable;
    this.job = job;
    HikariDataSource pool = PeerDatabase.pool(setup.jdbcUrl(), THREADS + OTHER_CONNECTIONS);
    this.task = Tasks.custom("job", Void.class).onDeadExecutionRevive().execute(this::execute);
    SchedulerBuilder builder =
        Scheduler.create(pool, task)
            .schedulerName(new SchedulerName.Fixed("peer-" + ProcessHandle.current().pid()))
            .threads(THREADS)
            .pollUsingLockAndFetch(LOWER_LIMIT, UPPER_LIMIT)
            .pollingInterval(Duration.ofMillis(setup.tuning().pollMillis()));
    if (setup.tuning().quickDetection()) {
      builder.heartbeatInterval(Duration.ofSeconds(1)).missedHeartbeatsLimit(4);
    }
    this.scheduler = builder.build();
  }

  /** Its own recurring tasks skip times that are missed, so this one keeps to the timetable. */
  private CompletionHandler<Void> execute(TaskInstance<Void> instance, ExecutionContext context) {
    int number = Integer.parseInt(instance.getId());
    Series series = timetable.of(number);
    long due = ChronoUnit.MICROS.between(Instant.EPOCH, context.getExecution().executionTime);
    job.run(number, due);
    if (!series.recurs()) {
      return new CompletionHandler.OnCompleteRemove<>();
    }
    return (complete, operations) ->
        operations.reschedule(complete, instant(series.next(number, due)));
  }

  @Override
  public void create(Series series, int number) {
    scheduler.schedule(task.instance(Integer.toString(number)), instant(series.first(number)));
  }

  @Override
  public void createAll(Series series, int from, int to) {
    List<SchedulableInstance<?>> instances = new ArrayList<>();
    for (int number = from; number < to; number++) {
      instances.add(
          SchedulableInstance.of(
              task.instance(Integer.toString(number)), instant(series.first(number))));
    }
    scheduler.scheduleBatch(instances);
  }

  private static Instant instant(long micros) {
    return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
  }

  @Override
  public void start() {
    if (started) {
      scheduler.resume();
    } else {
      scheduler.start();
      started = true;
    }
  }

  @Override
  public void pause() {
    scheduler.pause();
  }

  @Override
  public Map<String, String> settings() throws Exception {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("version", PeerDatabase.version("com.github.kagkarlsson", "db-scheduler"));
    settings.put("polling", "lock-and-fetch, limits " + LOWER_LIMIT + " and " + UPPER_LIMIT);
    settings.put("polling interval", setup.tuning().pollMillis() + " ms");
    settings.put("threads", "" + THREADS);
    settings.put(
        "heartbeat", setup.tuning().quickDetection() ? "1 s, 4 missed" : "5 min, 6 missed");
    settings.put("pool", PeerDatabase.describePool(THREADS + OTHER_CONNECTIONS));
    return settings;
  }
}
