package io.carillon.bench.peers;

import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Durations;
import com.google.protobuf.util.Timestamps;
import io.carillon.bench.load.Population;
import io.carillon.bench.peers.Order.Setup;
import io.carillon.bench.peers.Peer.Job;
import io.carillon.bench.peers.Timetable.Series;
import io.carillon.client.CarillonClient;
import io.carillon.client.Delivery;
import io.carillon.client.SubscriptionOptions;
import io.carillon.v1.BatchCreateSchedulesRequest;
import io.carillon.v1.CreateScheduleRequest;
import io.carillon.v1.DeliveredFire;
import io.carillon.v1.IntervalRule;
import io.carillon.v1.OnceRule;
import io.carillon.v1.Schedule;
import io.carillon.v1.ScheduleSpec;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** A user of Carillon: creates schedules by its client, and takes their fires from one stream. */
final class CarillonPeer implements Peer {

  private static final String PREFIX = "peer-";
  private static final int WINDOW = 50_000;

  /** As many as db-scheduler has, for jobs that take a while. */
  private static final int THREADS = 32;

  private final CarillonClient client;
  private final Job job;

  CarillonPeer(Setup setup, Job job) throws InterruptedException {
    this.job = job;
    this.client =
        CarillonClient.builder()
            .addresses(setup.addresses())
            .deadline(java.time.Duration.ofSeconds(60))
            .build();
    CountDownLatch open = new CountDownLatch(1);
    SubscriptionOptions options =
        SubscriptionOptions.defaults().withWindow(WINDOW).withOnConnect(open::countDown);
    if (job.takesTime()) {
      // Or one process would take all that is due, and its threads come to it late.
      options = options.withWindow(THREADS).withExecutor(Executors.newFixedThreadPool(THREADS));
    }
    var unused = client.subscribe(Population.TENANT + "/destinations/default", this::take, options);
    if (!open.await(30, TimeUnit.SECONDS)) {
      throw new IllegalStateException("no master opens a Subscribe stream");
    }
  }

  private void take(Delivery delivery) {
    DeliveredFire fire = delivery.fire();
    String name = fire.getSchedule();
    int number = Integer.parseInt(name, name.lastIndexOf('-') + 1, name.length(), 10);
    Timestamp nominal = fire.getNominalTime();
    job.run(number, Timestamps.toMicros(nominal));
    delivery.ack();
  }

  @Override
  public void create(Series series, int number) {
    var unused = client.schedules().createSchedule(request(series, number));
  }

  @Override
  public void createAll(Series series, int from, int to) {
    BatchCreateSchedulesRequest.Builder batch =
        BatchCreateSchedulesRequest.newBuilder().setParent(Population.TENANT);
    for (int number = from; number < to; number++) {
      batch.addRequests(request(series, number));
    }
    var unused = client.schedules().batchCreateSchedules(batch.build());
  }

  private static CreateScheduleRequest request(Series series, int number) {
    Timestamp first = Timestamps.fromMicros(series.first(number));
    ScheduleSpec.Builder spec = ScheduleSpec.newBuilder();
    if (series.recurs()) {
      spec.setStartTime(Timestamps.fromMicros(series.start()))
          .setInterval(
              IntervalRule.newBuilder()
                  .setPeriod(Durations.fromMicros(series.period()))
                  .setAnchorTime(first));
    } else {
      spec.setOnce(OnceRule.newBuilder().setAt(first));
    }
    return CreateScheduleRequest.newBuilder()
        .setParent(Population.TENANT)
        .setScheduleId(PREFIX + number)
        .setSchedule(Schedule.newBuilder().setSpec(spec))
        .build();
  }

  /** The cluster is not this process's to start. */
  @Override
  public void start() {}

  @Override
  public void pause() {}

  @Override
  public Map<String, String> settings() {
    Map<String, String> settings = new LinkedHashMap<>();
    String version = CarillonClient.class.getPackage().getImplementationVersion();
    settings.put("version", version == null ? "as built here" : version);
    settings.put("stream", job.takesTime() ? "1, window " + THREADS : "1, window " + WINDOW);
    settings.put("job threads", job.takesTime() ? "" + THREADS : "1");
    return settings;
  }
}
