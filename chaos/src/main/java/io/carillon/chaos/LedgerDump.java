package io.carillon.chaos;

import io.carillon.chaos.Evidence.Row;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What PostgreSQL holds in the end, read from its tables. Revisions are not among it. */
final class LedgerDump {

  private LedgerDump() {}

  static List<Row> rows(Connection connection) throws SQLException {
    Map<Integer, String> destinations = new HashMap<>();
    List<Row> rows = new ArrayList<>();
    connection.setAutoCommit(false);
    try (Statement statement = connection.createStatement()) {
      try (ResultSet row = statement.executeQuery("select num, id from destination")) {
        while (row.next()) {
          destinations.put(row.getInt(1), row.getString(2));
        }
      }
      statement.setFetchSize(10_000);
      try (ResultSet row =
          statement.executeQuery(
              "select schedule_num, nominal_time, seq, recorded_at, version, partition_epoch,"
                  + " last_nominal, skipped_count, destination_num, partition, kind, skip_reason"
                  + " from fire")) {
        while (row.next()) {
          rows.add(
              new Row(
                  row.getLong(1),
                  row.getLong(2),
                  row.getLong(3),
                  row.getLong(4),
                  row.getLong(5),
                  row.getLong(6),
                  row.getLong(7),
                  row.getLong(8),
                  destinations.get(row.getInt(9)),
                  row.getInt(10),
                  row.getInt(11),
                  row.getInt(12)));
        }
      }
    }
    connection.rollback();
    return rows;
  }

  /** Fire ids of what waits for another attempt, or has used them up. */
  static Set<String> undeliverable(Connection connection) throws SQLException {
    Set<String> ids = new HashSet<>();
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery("select schedule_num, nominal_time, kind from parked_fire")) {
      while (row.next()) {
        ids.add(
            row.getLong(1)
                + "-"
                + row.getLong(2)
                + "-"
                + (row.getInt(3) == Row.SCHEDULED ? "s" : "m"));
      }
    }
    return ids;
  }

  /** Up to where every partition is recorded. */
  static long lowestWatermark(Connection connection) throws SQLException {
    return number(connection, "select min(watermark) from partition_state");
  }

  /** Fires behind the cursors of their destinations, and parked ones. */
  static long unsettled(Connection connection) throws SQLException {
    return number(
            connection,
            "select count(*) from fire f join delivery_cursor c using (destination_num)"
                + " where f.seq > c.seq and f.skip_reason = 0")
        + number(connection, "select count(*) from parked_fire where not dead");
  }

  private static long number(Connection connection, String query) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      row.next();
      return row.getLong(1);
    }
  }
}
