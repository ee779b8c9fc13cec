package io.carillon.bench.peers;

import com.zaxxer.hikari.HikariDataSource;
import io.carillon.bench.peers.Order.Setup;
import io.carillon.bench.peers.Peer.Job;
import io.carillon.bench.peers.Timetable.Series;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import org.quartz.JobBuilder;
import org.quartz.JobDetail;
import org.quartz.JobExecutionContext;
import org.quartz.Scheduler;
import org.quartz.SchedulerException;
import org.quartz.SimpleScheduleBuilder;
import org.quartz.Trigger;
import org.quartz.TriggerBuilder;
import org.quartz.TriggerKey;
import org.quartz.impl.StdSchedulerFactory;
import org.quartz.impl.jdbcjobstore.JobStoreTX;
import org.quartz.impl.jdbcjobstore.PostgreSQLDelegate;
import org.quartz.simpl.SimpleThreadPool;
import org.quartz.utils.ConnectionProvider;
import org.quartz.utils.DBConnectionManager;

/** Quartz on JDBC, clustered, taking triggers in batches within its lock. */
final class QuartzPeer implements Peer {

  private static final int THREADS = 16;
  private static final int BATCH = 100;
  private static final long IDLE_WAIT_MILLIS = 1000;

  /** Late times are to fire, not to be dealt with by a policy. */
  private static final long MISFIRE_THRESHOLD_MILLIS = 600_000;

  private static final long CHECK_IN_MILLIS = 7500;
  private static final long QUICK_CHECK_IN_MILLIS = 1000;

  /** Beside the threads that execute: the scheduler's own, and the callers of its API. */
  private static final int OTHER_CONNECTIONS = 10;

  private final Job job;
  private final long checkInMillis;
  private final JobDetail detail =
      JobBuilder.newJob(org.quartz.Job.class)
          .withIdentity("job")
          .storeDurably()
          .requestRecovery()
          .build();
  private final Scheduler scheduler;

  QuartzPeer(Setup setup, Job job) throws SchedulerException {
    this.job = job;
    this.checkInMillis = setup.tuning().quickDetection() ? QUICK_CHECK_IN_MILLIS : CHECK_IN_MILLIS;
    HikariDataSource pool = PeerDatabase.pool(setup.jdbcUrl(), THREADS + OTHER_CONNECTIONS);
    DBConnectionManager.getInstance().addConnectionProvider("pool", new PooledConnections(pool));
    this.scheduler = new StdSchedulerFactory(properties()).getScheduler();
    scheduler.setJobFactory((bundle, itself) -> this::execute);
    scheduler.addJob(detail, true);
  }

  private Properties properties() {
    Properties properties = new Properties();
    properties.setProperty("org.quartz.scheduler.instanceName", "peers");
    properties.setProperty(
        "org.quartz.scheduler.instanceId", "peer-" + ProcessHandle.current().pid());
    properties.setProperty("org.quartz.scheduler.skipUpdateCheck", "true");
    properties.setProperty("org.quartz.scheduler.idleWaitTime", "" + IDLE_WAIT_MILLIS);
    properties.setProperty("org.quartz.scheduler.batchTriggerAcquisitionMaxCount", "" + BATCH);
    properties.setProperty("org.quartz.threadPool.class", SimpleThreadPool.class.getName());
    properties.setProperty("org.quartz.threadPool.threadCount", "" + THREADS);
    String store = "org.quartz.jobStore.";
    properties.setProperty(store + "class", JobStoreTX.class.getName());
    properties.setProperty(store + "driverDelegateClass", PostgreSQLDelegate.class.getName());
    properties.setProperty(store + "dataSource", "pool");
    properties.setProperty(store + "useProperties", "true");
    properties.setProperty(store + "isClustered", "true");
    properties.setProperty(store + "acquireTriggersWithinLock", "true");
    properties.setProperty(store + "clusterCheckinInterval", "" + checkInMillis);
    properties.setProperty(store + "misfireThreshold", "" + MISFIRE_THRESHOLD_MILLIS);
    return properties;
  }

  private void execute(JobExecutionContext context) {
    TriggerKey key =
        context.isRecovering() ? context.getRecoveringTriggerKey() : context.getTrigger().getKey();
    job.run(Integer.parseInt(key.getName()), context.getScheduledFireTime().getTime() * 1000);
  }

  @Override
  public void create(Series series, int number) throws SchedulerException {
    scheduler.scheduleJob(trigger(series, number));
  }

  @Override
  public void createAll(Series series, int from, int to) throws SchedulerException {
    Set<Trigger> triggers = new LinkedHashSet<>();
    for (int number = from; number < to; number++) {
      triggers.add(trigger(series, number));
    }
    scheduler.scheduleJobs(Map.of(detail, triggers), true);
  }

  private Trigger trigger(Series series, int number) {
    TriggerBuilder<Trigger> trigger =
        TriggerBuilder.newTrigger()
            .withIdentity(Integer.toString(number))
            .forJob(detail)
            .startAt(new Date(series.first(number) / 1000));
    if (!series.recurs()) {
      return trigger.build();
    }
    return trigger
        .withSchedule(
            SimpleScheduleBuilder.simpleSchedule()
                .withIntervalInMilliseconds(series.period() / 1000)
                .repeatForever())
        .build();
  }

  @Override
  public void start() throws SchedulerException {
    scheduler.start();
  }

  @Override
  public void pause() throws SchedulerException {
    scheduler.standby();
  }

  @Override
  public Map<String, String> settings() throws Exception {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("version", scheduler.getMetaData().getVersion());
    settings.put("job store", "JobStoreTX, clustered, acquireTriggersWithinLock");
    settings.put("jobs", "one, durable, a trigger for each schedule");
    settings.put("threads", "" + THREADS);
    settings.put("batchTriggerAcquisitionMaxCount", "" + BATCH);
    settings.put("idleWaitTime", IDLE_WAIT_MILLIS + " ms");
    settings.put("misfireThreshold", MISFIRE_THRESHOLD_MILLIS + " ms");
    settings.put("clusterCheckinInterval", checkInMillis + " ms");
    settings.put("pool", PeerDatabase.describePool(THREADS + OTHER_CONNECTIONS));
    return settings;
  }

  /** Quartz brings a provider for this pool, but for an older version of it. */
  private record PooledConnections(HikariDataSource pool) implements ConnectionProvider {
    @Override
    public Connection getConnection() throws SQLException {
      return pool.getConnection();
    }

    @Override
    public void shutdown() {
      pool.close();
    }

    @Override
    public void initialize() {}
  }
}
