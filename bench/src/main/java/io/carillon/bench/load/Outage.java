package io.carillon.bench.load;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.HdrHistogram.Histogram;

/**
 * What the loss of a server meant for the schedules that it served.
 *
 * @param schedules how many it served
 * @param gap of each, from the loss to its first fire recorded without the server
 * @param late recorded − nominal of their fires around the loss
 */
public record Outage(long schedules, Histogram gap, Histogram late) {

  private static final long BEFORE_MICROS = 500_000;

  /** How many of the schedules fired again. */
  public long firedAgain() {
    return gap.getTotalCount();
  }

  /** Remembers what a clock node has, before it is lost. */
  public static void markNode(Connection connection, String node) throws SQLException {
    mark(connection, node);
  }

  /** The leader records the fires of all. */
  public static void markLeader(Connection connection) throws SQLException {
    mark(connection, null);
  }

  private static void mark(Connection connection, String node) throws SQLException {
    try (Statement table = connection.createStatement()) {
      table.execute("drop table if exists bench_lost");
      table.execute("create table bench_lost (partition int primary key, epoch bigint)");
    }
    try (PreparedStatement insert =
        connection.prepareStatement(
            "insert into bench_lost select id, epoch from partition_state"
                + " where node_id = ? or ?::text is null")) {
      insert.setString(1, node);
      insert.setString(2, node);
      insert.executeUpdate();
    }
  }

  /** When the latest leader took the lead, and how many there were up to then. */
  public record Leadership(long epoch, long takenAt) {
    public static Leadership read(Connection connection) throws SQLException {
      try (Statement statement = connection.createStatement();
          ResultSet row = statement.executeQuery("select epoch, taken_at from leader_epoch")) {
        row.next();
        return new Leadership(row.getLong(1), row.getLong(2));
      }
    }
  }

  /** Reads what became of a lost node's, of the nominal times from a little before the loss on. */
  public static Outage ofNode(Connection connection, long lostAt, long until) throws SQLException {
    return read(connection, lostAt, until, Long.MAX_VALUE);
  }

  /** Alike for a leader: what was recorded since another took the lead is another's. */
  public static Outage ofLeader(Connection connection, long lostAt, long until)
      throws SQLException {
    return read(connection, lostAt, until, Leadership.read(connection).takenAt());
  }

  private static Outage read(Connection connection, long lostAt, long until, long recordedAfter)
      throws SQLException {
    Histogram gap = LedgerQueries.histogram();
    try (PreparedStatement query =
        connection.prepareStatement(
            "select min(f.recorded_at) - ? from fire f join bench_lost l on l.partition = f.partition"
                + " where (f.partition_epoch > l.epoch or f.recorded_at > ?)"
                + " and f.nominal_time > ? group by f.schedule_num")) {
      query.setLong(1, lostAt);
      query.setLong(2, recordedAfter);
      query.setLong(3, lostAt - BEFORE_MICROS);
      add(query, gap);
    }
    Histogram late = LedgerQueries.histogram();
    try (PreparedStatement query =
        connection.prepareStatement(
            "select f.recorded_at - f.nominal_time from fire f"
                + " join bench_lost l on l.partition = f.partition"
                + " where f.nominal_time > ? and f.nominal_time <= ?")) {
      query.setLong(1, lostAt - BEFORE_MICROS);
      query.setLong(2, until);
      add(query, late);
    }
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "select count(*) from schedule s join bench_lost l on l.partition = s.partition")) {
      row.next();
      return new Outage(row.getLong(1), gap, late);
    }
  }

  private static void add(PreparedStatement query, Histogram histogram) throws SQLException {
    try (ResultSet rows = query.executeQuery()) {
      while (rows.next()) {
        histogram.recordValue(Math.max(0, rows.getLong(1)));
      }
    }
  }
}
