package io.carillon.master.store.sql;

import static io.carillon.master.store.jooq.Tables.LEADER_EPOCH;

import io.carillon.common.schedule.CatchUp;
import io.carillon.common.schedule.ScheduleSpec;
import io.carillon.master.TestDatabase;
import io.carillon.master.core.CommitPlan;
import io.carillon.master.core.CommitPlans;
import io.carillon.master.core.Mutation;
import io.carillon.master.core.Mutation.Planned;
import io.carillon.master.core.Mutation.PlannedGroup;
import io.carillon.master.core.Revision;
import io.carillon.master.core.ScheduleState;
import io.carillon.master.core.StoredSchedule;
import io.carillon.master.store.cluster.ClusterStore;
import io.carillon.master.store.fires.Lanes;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;

/** A schema with a leader of epoch 1, and writes to try on it. */
public final class StoreFixture implements AutoCloseable {

  public static final long SECOND = 1_000_000;
  public static final ScheduleSpec SPEC =
      ScheduleSpec.of(new ScheduleSpec.IntervalRule(SECOND, 0), ZoneId.of("UTC"));

  public final DatabaseConfig config = TestDatabase.config();
  public final Database database = Database.open(config, 4);
  public final ClusterStore cluster = new ClusterStore(database);
  public final long epoch = takeLead(database, "test");

  public Connection connect() throws SQLException {
    Connection connection =
        DriverManager.getConnection(
            config.url() + "&currentSchema=" + config.schema(), config.user(), config.password());
    return connection;
  }

  public long value(String sql) {
    return ((Number) database.api().fetchValue(sql)).longValue();
  }

  public long fires() {
    return value("select count(*) from fire");
  }

  public long[] watermarks(int partitions) {
    long[] all = new long[partitions];
    for (int p = 0; p < partitions; p++) {
      all[p] = value("select watermark from partition_state where id = " + p);
    }
    return all;
  }

  /** Moves the first partitions by some seconds, with a fire for each second. */
  public CommitPlan step(int partitions, int seconds, long firstSeq) {
    long[] from = watermarks(partitions);
    long[] nominals = new long[seconds];
    for (int i = 0; i < seconds; i++) {
      nominals[i] = from[0] + (i + 1) * SECOND;
    }
    return CommitPlans.plan(from, from[0] + seconds * SECOND, firstSeq, 7, nominals);
  }

  public static StoredSchedule schedule(long num, String id) {
    StoredSchedule.Content content =
        new StoredSchedule.Content(
            "",
            Map.of(),
            SPEC.canonical(),
            Long.MAX_VALUE,
            CatchUp.all(3600 * SECOND),
            1,
            "default",
            new byte[] {1},
            "text/plain");
    return StoredSchedule.draft("default", id, content).numbered(num, 0, id);
  }

  public static Revision revision(long num, long version, long from) {
    return new Revision(
        num,
        version,
        from,
        Revision.OPEN,
        0,
        SPEC.canonical(),
        SPEC.compile(),
        CatchUp.all(3600 * SECOND),
        1,
        Long.MIN_VALUE);
  }

  public static Revision closed(long num, long version, long from, long to, long by) {
    return new Revision(
        num,
        version,
        from,
        to,
        by,
        SPEC.canonical(),
        SPEC.compile(),
        CatchUp.all(3600 * SECOND),
        1,
        Long.MIN_VALUE);
  }

  public static PlannedGroup creation(long num, String id, long version, long effective) {
    return group(num, id, 0, version, effective, null, revision(num, version, effective));
  }

  /** The same with a request id and a destination. */
  public static PlannedGroup creation(
      long num, String id, long version, String requestId, int destination) {
    StoredSchedule plain = schedule(num, id);
    StoredSchedule.Content c = plain.content();
    StoredSchedule.Content content =
        new StoredSchedule.Content(
            c.displayName(),
            c.labels(),
            c.spec(),
            c.endsAt(),
            c.catchUp(),
            destination,
            c.destinationId(),
            c.payload(),
            c.payloadType());
    Mutation mutation =
        new Mutation(plain.withContent(content), null, true, requestId, new byte[] {1});
    return new PlannedGroup(
        new Mutation.Group(List.of(mutation), result -> {}),
        List.of(new Planned(mutation, version, 1_000, null, revision(num, version, 1_000))));
  }

  public static PlannedGroup group(
      long num,
      String id,
      long expected,
      long version,
      long effective,
      Revision closed,
      Revision opened) {
    boolean deletes = opened == null;
    StoredSchedule after = schedule(num, id).at(expected, 0, 0);
    if (deletes) {
      after = after.withState(ScheduleState.DELETED);
    }
    Mutation mutation = new Mutation(after, null, !deletes);
    return new PlannedGroup(
        new Mutation.Group(List.of(mutation), result -> {}),
        List.of(new Planned(mutation, version, effective, closed, opened)));
  }

  /** Ends the backends of the core's pool that wait for a lock; answers how many. */
  public int terminateWaiting(Connection connection) throws SQLException {
    int ended = 0;
    try (Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "select pg_terminate_backend(pid) from pg_stat_activity where wait_event_type ="
                    + " 'Lock' and application_name = 'carillon-core' and query not like"
                    + " '%pg_stat_activity%'")) {
      while (rows.next()) {
        ended++;
      }
    }
    return ended;
  }

  public static void await(String what, BooleanSupplier condition) {
    long end = System.nanoTime() + 20_000_000_000L;
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new AssertionError("not within 20 s: " + what);
      }
      Thread.onSpinWait();
      try {
        Thread.sleep(5);
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }
  }

  /** Hears how writes end. */
  public static final class Heard implements Lanes.Listener {
    public final List<String> all = java.util.Collections.synchronizedList(new ArrayList<>());

    @Override
    public void committed(int attempts) {
      all.add(attempts == 1 ? "committed" : "committed later");
    }

    @Override
    public void ownersChanged() {
      all.add("owners changed");
    }

    @Override
    public void mutated(List<String> rejected) {
      all.add("mutated " + rejected);
    }

    @Override
    public void nodeWritten(io.carillon.master.core.MasterCommand.NodeRow row) {
      all.add("node written");
    }

    @Override
    public void commitRefused(java.util.SortedMap<Integer, String> faults) {
      all.add("commit refused " + faults);
    }

    @Override
    public void ownersRefused(java.util.SortedMap<Integer, String> faults) {
      all.add("owners refused " + faults);
    }

    @Override
    public void nodeRefused(io.carillon.master.core.MasterCommand.NodeRow row, String reason) {
      all.add("node refused " + reason);
    }

    @Override
    public void broken(Throwable bug) {
      all.add("broken " + bug);
    }

    @Override
    public void available(boolean available) {
      all.add(available ? "available" : "away");
    }

    @Override
    public void fatal(String reason) {
      all.add("fatal " + reason);
    }
  }

  @Override
  public void close() {
    database.close();
  }

  /** Another leader takes over: everything that the one before has not committed by now fails. */
  public static long takeLead(Database database, String leader) {
    return database
        .core()
        .update(LEADER_EPOCH)
        .set(LEADER_EPOCH.EPOCH, LEADER_EPOCH.EPOCH.plus(1))
        .set(LEADER_EPOCH.LEADER, leader)
        .returning(LEADER_EPOCH.EPOCH)
        .fetchOne()
        .getEpoch();
  }
}
