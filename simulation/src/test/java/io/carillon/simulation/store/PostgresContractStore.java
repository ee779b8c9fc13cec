package io.carillon.simulation.store;

import io.carillon.common.config.LeaseTerm;
import io.carillon.common.schedule.CatchUp;
import io.carillon.common.schedule.SpecInterner;
import io.carillon.master.core.CommitPlan;
import io.carillon.master.core.CoreSettings;
import io.carillon.master.core.FireColumns;
import io.carillon.master.core.MasterCommand.NodeRow;
import io.carillon.master.core.MasterCommand.OwnerChange;
import io.carillon.master.core.MasterCore;
import io.carillon.master.core.Mutation;
import io.carillon.master.core.Mutation.Planned;
import io.carillon.master.core.Mutation.PlannedGroup;
import io.carillon.master.core.Revision;
import io.carillon.master.core.ScheduleState;
import io.carillon.master.core.StoredSchedule;
import io.carillon.master.core.delivery.Fires;
import io.carillon.master.core.delivery.LogRead;
import io.carillon.master.core.delivery.ParkedPage;
import io.carillon.master.core.delivery.ParkedRead;
import io.carillon.master.core.delivery.Progress;
import io.carillon.master.core.delivery.Settlement;
import io.carillon.master.core.write.WriteTries.Ending;
import io.carillon.master.election.ElectionSettings;
import io.carillon.master.election.Lease;
import io.carillon.master.store.cluster.ClusterStore;
import io.carillon.master.store.delivery.DeliveryState;
import io.carillon.master.store.fires.FireStore;
import io.carillon.master.store.lead.DeposedException;
import io.carillon.master.store.lead.LeaseStore;
import io.carillon.master.store.schedules.ScheduleStore;
import io.carillon.master.store.sql.Database;
import io.carillon.master.store.sql.DatabaseConfig;
import io.carillon.master.store.sql.StoreMismatchException;
import io.carillon.master.store.sql.WriteFault;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** PostgreSQL through the stores that masters have, each call as the lanes make it. */
public final class PostgresContractStore implements ContractStore {

  private static final long PATIENCE_SECONDS = 20;

  private final SpecInterner specs = new SpecInterner();
  private final DatabaseConfig config;
  private final Database database;
  private final ClusterStore cluster;
  private final LeaseStore leases;

  public PostgresContractStore(DatabaseConfig config) {
    this.config = config;
    this.database = Database.open(config, 4);
    this.cluster = new ClusterStore(database);
    // Locks are waited for as long as a test may take.
    this.leases = new LeaseStore(config, ElectionSettings.of(new LeaseTerm(Duration.ofMinutes(1))));
  }

  /** One try of a write. */
  private interface Write {
    void run() throws Exception;
  }

  private static Ending ending(Write write) {
    try {
      write.run();
      return Ending.COMMITTED;
    } catch (StoreMismatchException e) {
      return Ending.BROKEN;
    } catch (DeposedException e) {
      return Ending.STALE_EPOCH;
    } catch (Exception e) {
      if (e instanceof RuntimeException failure && ScheduleStore.rejection(failure) != null) {
        return Ending.REJECTED;
      }
      return switch (WriteFault.of(e)) {
        case DEPOSED -> Ending.STALE_EPOCH;
        case MISMATCH, INTEGRITY -> Ending.MISMATCH;
        case DATA, STATEMENT, BUG, UNKNOWN -> throw new AssertionError(e);
      };
    }
  }

  private Connection connect() throws SQLException {
    return DriverManager.getConnection(
        config.url() + "&currentSchema=" + config.schema(), config.user(), config.password());
  }

  /** Runs on a thread of its own. */
  private final class Running implements Later {
    private final CompletableFuture<Ending> ending = new CompletableFuture<>();

    Running(Write write) {
      Thread thread =
          new Thread(
              () -> {
                try {
                  ending.complete(ending(write));
                } catch (Throwable e) {
                  ending.completeExceptionally(e);
                }
              });
      thread.setDaemon(true);
      thread.start();
    }

    @Override
    public void awaitBlocked() {
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
      while (waiting() == 0) {
        if (ending.isDone() || System.nanoTime() > end) {
          throw new AssertionError("it waits for no lock: " + ending);
        }
        Thread.onSpinWait();
      }
    }

    private long waiting() {
      return ((Number)
              database
                  .api()
                  .fetchValue(
                      "select count(*) from pg_stat_activity where wait_event_type = 'Lock'"))
          .longValue();
    }

    @Override
    public boolean isDone() {
      return ending.isDone();
    }

    @Override
    public Ending get() {
      try {
        return ending.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
      } catch (Exception e) {
        throw new AssertionError(e);
      }
    }
  }

  @Override
  public Lease lease() {
    try {
      return leases.read().lease();
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public Ending takeLead(Lease seen, boolean certain, String instance) {
    boolean[] taken = new boolean[1];
    Ending ending = ending(() -> taken[0] = leases.take(seen, certain, candidate(instance), 5));
    return taken[0] ? ending : Ending.MISMATCH;
  }

  private static LeaseStore.Candidate candidate(String instance) {
    return new LeaseStore.Candidate(instance, instance, "a", "n");
  }

  @Override
  public Later takeLeadLater(Lease seen, String instance) {
    return new Running(
        () -> {
          if (!leases.take(seen, true, candidate(instance), 5)) {
            throw new AssertionError("not taken");
          }
        });
  }

  @Override
  public Ending renew(long epoch, long clusterTime) {
    Long[] answer = new Long[1];
    Ending ending = ending(() -> answer[0] = leases.renew(epoch, clusterTime));
    return answer[0] == null ? Ending.STALE_EPOCH : ending;
  }

  private FireStore fires(long epoch) {
    return new FireStore(database, epoch);
  }

  @Override
  public Ending commit(long epoch, CommitPlan plan) {
    return ending(() -> fires(epoch).commit(plan));
  }

  @Override
  public Later commitLater(long epoch, CommitPlan plan) {
    return new Running(() -> fires(epoch).commit(plan));
  }

  @Override
  public InFlight begin(long epoch, CommitPlan plan) {
    try {
      Connection connection = connect();
      connection.setAutoCommit(false);
      try (Statement statement = connection.createStatement()) {
        statement.execute(call(epoch, plan));
      }
      return new InFlight() {
        @Override
        public void commit() {
          end(connection, true);
        }

        @Override
        public void rollBack() {
          end(connection, false);
        }
      };
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  private static void end(Connection connection, boolean commits) {
    try (connection) {
      if (commits) {
        connection.commit();
      } else {
        connection.rollback();
      }
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  private static String call(long epoch, CommitPlan plan) {
    FireColumns f = plan.fires();
    List<String> arguments =
        List.of(
            "" + epoch,
            ints(plan.partitions()),
            longs(plan.epochs()),
            longs(plan.watermarks()),
            longs(plan.newWatermarks()),
            longs(plan.applied()),
            "" + plan.lastSeq(),
            "" + f.firstSeq(),
            "" + f.recordedAtMicros(),
            longs(f.nominalMicros),
            longs(f.schedule),
            longs(f.version),
            longs(f.epoch),
            longs(f.lastNominalMicros),
            longs(f.skippedCount),
            ints(f.destination),
            ints(f.partition),
            ints(f.kind),
            ints(f.skipReason));
    return "select commit_fires(" + String.join(", ", arguments) + ")";
  }

  private static String ints(int[] values) {
    return "array" + Arrays.toString(values) + "::int[]";
  }

  private static String longs(long[] values) {
    return "array" + Arrays.toString(values) + "::bigint[]";
  }

  @Override
  public boolean isCommitted(CommitPlan plan) {
    return fires(0).isCommitted(plan);
  }

  @Override
  public Ending changeOwners(long epoch, List<OwnerChange> changes) {
    return ending(() -> fires(epoch).changeOwners(changes));
  }

  @Override
  public Ending writeNode(long epoch, NodeRow row) {
    return ending(() -> cluster.writeNode(row, epoch));
  }

  @Override
  public PlannedGroup mutation(
      long num, String name, String requestId, long expected, Revision closed, Revision opened) {
    Revision of = opened == null ? closed : opened;
    StoredSchedule.Content content =
        new StoredSchedule.Content(
            "",
            Map.of(),
            of.spec(),
            Long.MAX_VALUE,
            CatchUp.all(3_600_000_000L),
            1,
            "default",
            new byte[] {1},
            "text/plain");
    StoredSchedule after =
        StoredSchedule.draft("default", name, content).numbered(num, 0, name).at(expected, 0, 0);
    if (opened == null) {
      after = after.withState(ScheduleState.DELETED);
    }
    Mutation mutation = new Mutation(after, null, opened != null, requestId, new byte[] {2});
    long version = opened == null ? closed.closedBy() : opened.version();
    long effective = closed == null ? of.validFrom() : closed.validTo();
    return new PlannedGroup(
        new Mutation.Group(List.of(mutation), result -> {}),
        List.of(new Planned(mutation, version, effective, closed, opened)));
  }

  @Override
  public Ending mutate(long epoch, List<PlannedGroup> groups) {
    return ending(() -> new ScheduleStore(database, epoch).write(groups));
  }

  @Override
  public boolean isWritten(PlannedGroup group) {
    return new ScheduleStore(database, 0).isWritten(group);
  }

  private DeliveryState delivery(long epoch) {
    return new DeliveryState(database, epoch);
  }

  @Override
  public Ending settle(long epoch, List<Settlement> settlements) {
    return ending(() -> delivery(epoch).settle(settlements));
  }

  @Override
  public long cursor(int destination) {
    return delivery(0).standing(destination).orElseThrow().cursor();
  }

  @Override
  public Progress progress(int destination) {
    return delivery(0).standing(destination).orElseThrow().progress();
  }

  @Override
  public Fires read(int destination, LogRead read) {
    return delivery(0).read(destination, read).fires();
  }

  @Override
  public Parked read(int destination, ParkedRead read) {
    ParkedPage page = delivery(0).read(destination, read);
    return new Parked(page.fires(), page.nextMicros());
  }

  @Override
  public String lastError(int destination, long seq) {
    return database
        .core()
        .fetchSingle(
            "select last_error from parked_fire where destination_num = ? and seq = ?",
            destination,
            seq)
        .into(String.class);
  }

  @Override
  public MasterCore load() {
    return cluster.load(CoreSettings.defaults(), specs::intern);
  }

  @Override
  public void close() {
    leases.close();
    database.close();
  }
}
