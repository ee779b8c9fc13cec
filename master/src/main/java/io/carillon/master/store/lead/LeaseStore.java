package io.carillon.master.store.lead;

import io.carillon.master.election.ElectionSettings;
import io.carillon.master.election.Lease;
import io.carillon.master.store.sql.DatabaseConfig;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The rows of the leader: read, taken and renewed, on a connection of their own. May be called by
 * several threads: a call that hangs has its connection for itself until a timeout ends it, and the
 * next one opens another.
 */
public final class LeaseStore implements AutoCloseable {

  private static final String NOW = "(extract(epoch from clock_timestamp()) * 1000000)::bigint";

  private static final String READ =
      "select e.epoch, h.renewals, h.cluster_time, e.instance, e.leader, e.api_address,"
          + " e.node_address, "
          + NOW
          + " from leader_epoch e cross join leader_heartbeat h";

  /** Renewals never fall, so where they have not moved, nobody renewed or took the lead. */
  private static final String TAKE_HEARTBEAT =
      "update leader_heartbeat set epoch = ?, renewals = renewals + 1, cluster_time = ?"
          + " where ? or renewals = ?";

  /** Waits for the statements of the leader before that hold the fence. */
  private static final String TAKE_EPOCH =
      "update leader_epoch set epoch = ?, leader = ?, taken_at = ?, instance = ?, api_address = ?,"
          + " node_address = ? where epoch = ?";

  /** Not waited for to be on disk: a renewal that a crash of PostgreSQL loses was of no use. */
  private static final String RENEW =
      "update leader_heartbeat set renewals = renewals + 1, cluster_time = ? where epoch = ?"
          + " and set_config('synchronous_commit', 'off', true) = 'off' returning "
          + NOW;

  /** Who stands for election. */
  public record Candidate(String instance, String leader, String apiAddress, String nodeAddress) {}

  /**
   * The lease, and PostgreSQL's clock as it was read, in microseconds since 1970.
   *
   * @param lease null if the schema has none, which no start of a master leaves so
   */
  public record Reading(Lease lease, long databaseTime) {}

  private final DatabaseConfig config;
  private final long statementMillis;
  private final long lockMillis;
  private final AtomicReference<Connection> idle = new AtomicReference<>();
  private volatile boolean closed;

  public LeaseStore(DatabaseConfig config, ElectionSettings settings) {
    this.config = config;
    this.statementMillis = Math.max(1, settings.answerTimeout() / 1_000 * 9 / 10);
    this.lockMillis = Math.max(1, settings.answerTimeout() / 1_000 * 6 / 10);
  }

  /** Something to do on a connection. */
  private interface Call<T> {
    T on(Connection connection) throws SQLException;
  }

  private <T> T call(Call<T> call) throws SQLException {
    Connection connection = idle.getAndSet(null);
    boolean good = false;
    try {
      if (connection == null) {
        connection = LeaderSession.open(config, "carillon-lease", statementMillis, lockMillis);
      }
      T answer = call.on(connection);
      good = true;
      return answer;
    } finally {
      if (!good || closed || !idle.compareAndSet(null, connection)) {
        LeaderSession.drop(connection);
      }
      if (closed) {
        LeaderSession.drop(idle.getAndSet(null));
      }
    }
  }

  public Reading read() throws SQLException {
    return call(
        connection -> {
          try (PreparedStatement read = connection.prepareStatement(READ);
              ResultSet row = read.executeQuery()) {
            if (!row.next()) {
              return new Reading(null, 0);
            }
            Lease lease =
                new Lease(
                    row.getLong(1),
                    row.getLong(2),
                    row.getLong(3),
                    row.getString(4),
                    row.getString(5),
                    row.getString(6),
                    row.getString(7));
            return new Reading(lease, row.getLong(8));
          }
        });
  }

  /**
   * Raises the epoch by one: all that an earlier leader has not committed by then fails.
   *
   * @param seen the lease as it must still be
   * @param certain its leader is gone: only the epoch must be the same
   * @return false if it is not as seen, and nothing happened
   */
  public boolean take(Lease seen, boolean certain, Candidate candidate, long clusterTime)
      throws SQLException {
    return call(
        connection -> {
          connection.setAutoCommit(false);
          boolean taken =
              takeHeartbeat(connection, seen, certain, clusterTime)
                  && takeEpoch(connection, seen, candidate, clusterTime);
          if (taken) {
            connection.commit();
          } else {
            connection.rollback();
          }
          connection.setAutoCommit(true);
          return taken;
        });
  }

  private static boolean takeHeartbeat(
      Connection connection, Lease seen, boolean certain, long clusterTime) throws SQLException {
    try (PreparedStatement take = connection.prepareStatement(TAKE_HEARTBEAT)) {
      take.setLong(1, seen.epoch() + 1);
      take.setLong(2, clusterTime);
      take.setBoolean(3, certain);
      take.setLong(4, seen.renewals());
      return take.executeUpdate() == 1;
    }
  }

  private static boolean takeEpoch(
      Connection connection, Lease seen, Candidate candidate, long clusterTime)
      throws SQLException {
    try (PreparedStatement take = connection.prepareStatement(TAKE_EPOCH)) {
      take.setLong(1, seen.epoch() + 1);
      take.setString(2, candidate.leader());
      take.setLong(3, clusterTime);
      take.setString(4, candidate.instance());
      take.setString(5, candidate.apiAddress());
      take.setString(6, candidate.nodeAddress());
      take.setLong(7, seen.epoch());
      return take.executeUpdate() == 1;
    }
  }

  /**
   * Shows that the leader of the epoch lives.
   *
   * @return PostgreSQL's clock; null if another master has a later epoch
   */
  public Long renew(long epoch, long clusterTime) throws SQLException {
    return call(
        connection -> {
          try (PreparedStatement renew = connection.prepareStatement(RENEW)) {
            renew.setLong(1, clusterTime);
            renew.setLong(2, epoch);
            try (ResultSet row = renew.executeQuery()) {
              return row.next() ? (Long) row.getLong(1) : null;
            }
          }
        });
  }

  @Override
  public void close() {
    closed = true;
    LeaderSession.drop(idle.getAndSet(null));
  }
}
