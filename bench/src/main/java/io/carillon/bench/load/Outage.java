package io.carillon.bench.load;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.HdrHistogram.Histogram;

/**
 * What the loss of one node meant for its schedules.
 *
 * @param schedules how many it had
 * @param firedAgain how many of them fired under another owner
 * @param gap of each, from the loss to its first fire under another owner
 * @param late recorded − nominal of their fires around the loss
 */
public record Outage(long schedules, long firedAgain, Histogram gap, Histogram late) {

  private static final long BEFORE_MICROS = 500_000;

  /** Remembers what the node has, before it is lost. */
  public static void mark(Connection connection, String node) throws SQLException {
    try (Statement table = connection.createStatement()) {
      table.execute("drop table if exists bench_lost");
      table.execute("create table bench_lost (partition int primary key, epoch bigint)");
    }
    try (PreparedStatement insert =
        connection.prepareStatement(
            "insert into bench_lost select id, epoch from partition_state where node_id = ?")) {
      insert.setString(1, node);
      insert.executeUpdate();
    }
  }

  /** Reads what became of it, of the nominal times from a little before the loss on. */
  public static Outage read(Connection connection, long lostAt, long until) throws SQLException {
    Histogram gap = Ledger.histogram();
    try (PreparedStatement query =
        connection.prepareStatement(
            "select min(f.recorded_at) - ? from fire f join bench_lost l on l.partition = f.partition"
                + " where f.partition_epoch > l.epoch and f.nominal_time > ? group by f.schedule_num")) {
      query.setLong(1, lostAt);
      query.setLong(2, lostAt - BEFORE_MICROS);
      add(query, gap);
    }
    Histogram late = Ledger.histogram();
    try (PreparedStatement query =
        connection.prepareStatement(
            "select f.recorded_at - f.nominal_time from fire f"
                + " join bench_lost l on l.partition = f.partition"
                + " where f.nominal_time > ? and f.nominal_time <= ?")) {
      query.setLong(1, lostAt - BEFORE_MICROS);
      query.setLong(2, until);
      add(query, late);
    }
    long schedules;
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "select count(*) from schedule s join bench_lost l on l.partition = s.partition")) {
      row.next();
      schedules = row.getLong(1);
    }
    return new Outage(schedules, gap.getTotalCount(), gap, late);
  }

  private static void add(PreparedStatement query, Histogram histogram) throws SQLException {
    try (ResultSet rows = query.executeQuery()) {
      while (rows.next()) {
        histogram.recordValue(Math.max(0, rows.getLong(1)));
      }
    }
  }
}
