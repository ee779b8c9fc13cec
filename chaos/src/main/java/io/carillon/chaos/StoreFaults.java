package io.carillon.chaos;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicInteger;

/** Faults of PostgreSQL: sessions ended, tables locked, the server gone and back. */
final class StoreFaults {

  private StoreFaults() {}

  /** Something done again and again, by a thread of its own, while the fault lasts. */
  private abstract static class Repeated implements LiveFault {
    final AtomicInteger done = new AtomicInteger();
    private final ChaosCluster cluster;
    private final long pauseMillis;
    private Thread thread;
    private volatile boolean over;

    Repeated(ChaosCluster cluster, long pauseMillis) {
      this.cluster = cluster;
      this.pauseMillis = pauseMillis;
    }

    @Override
    public String target() {
      return "postgres";
    }

    abstract int once(Statement statement) throws Exception;

    @Override
    public void begin() {
      thread = new Thread(this::repeat, "store-fault");
      thread.setDaemon(true);
      thread.start();
    }

    private void repeat() {
      while (!over) {
        try (Connection connection = cluster.connect();
            Statement statement = connection.createStatement()) {
          while (!over) {
            done.addAndGet(once(statement));
            Thread.sleep(pauseMillis);
          }
        } catch (SQLException e) {
          // A fault beside this one: on with a new connection.
          pause();
        } catch (InterruptedException e) {
          return;
        } catch (Exception e) {
          throw new IllegalStateException(e);
        }
      }
    }

    private void pause() {
      try {
        Thread.sleep(100);
      } catch (InterruptedException e) {
        over = true;
      }
    }

    @Override
    public void end() throws Exception {
      over = true;
      thread.join();
    }

    @Override
    public boolean bit() {
      return done.get() > 0;
    }
  }

  private static int count(Statement statement, String query) throws SQLException {
    try (ResultSet rows = statement.executeQuery(query)) {
      int count = 0;
      while (rows.next()) {
        count++;
      }
      return count;
    }
  }

  /** {@code pg_terminate_backend} of one session after the other, whatever it is doing. */
  static final class Terminated extends Repeated {
    private final boolean commits;

    /**
     * @param commits only those that record fires just now, at a rate at which some are hit between
     *     their commit and the answer
     */
    Terminated(ChaosCluster cluster, boolean commits) {
      super(cluster, commits ? 5 : 200);
      this.commits = commits;
    }

    @Override
    int once(Statement statement) throws SQLException {
      String which =
          commits
              ? "state = 'active' and query like '%commit_fires%'"
              : "application_name like 'carillon%' order by random() limit 1";
      return count(
          statement,
          "select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid()"
              + " and application_name <> 'chaos' and "
              + which);
    }

    @Override
    public String proof() {
      return done.get() + " sessions ended";
    }
  }

  /** A table is locked against everything for a while, as a careless migration does. */
  static final class LockStorm extends Repeated {
    private static final String[] TABLES = {
      "fire", "partition_state", "leader_epoch", "schedule", "delivery_cursor", "leader_heartbeat"
    };

    private int next;

    LockStorm(ChaosCluster cluster) {
      super(cluster, 100);
    }

    @Override
    int once(Statement statement) throws Exception {
      statement.execute("begin");
      statement.execute("set local lock_timeout = '2s'");
      statement.execute(
          "lock table carillon." + TABLES[next++ % TABLES.length] + " in access exclusive mode");
      Thread.sleep(400);
      statement.execute("commit");
      return 1;
    }

    @Override
    public String proof() {
      return done.get() + " tables were locked for 0.4 s each";
    }
  }

  /** PostgreSQL goes without a checkpoint, and comes back. */
  static final class Restarted implements LiveFault {
    private final ChaosCluster cluster;
    private final boolean kill;
    private final long downMillis;
    private long before;
    private long after;

    Restarted(ChaosCluster cluster, boolean kill, long downMillis) {
      this.cluster = cluster;
      this.kill = kill;
      this.downMillis = downMillis;
    }

    @Override
    public String target() {
      return "postgres";
    }

    @Override
    public void begin() throws Exception {
      before = cluster.postmaster();
      cluster.restartDatabase(kill, downMillis);
      after = cluster.postmaster();
    }

    @Override
    public void end() {}

    @Override
    public boolean bit() {
      return after != before;
    }

    @Override
    public String proof() {
      return "process " + before + " is now " + after;
    }
  }
}
