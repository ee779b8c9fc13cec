package io.carillon.master.store.delivery;

import io.carillon.master.store.sql.Database;
import io.carillon.master.store.sql.KeyedRead;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.jooq.DSLContext;

/** What goes with the fires of a revision, read for many at once. */
public final class ScheduleContents {

  private static final int MAX_BYTES = 4 << 20;

  private final DSLContext sql;

  public ScheduleContents(Database database) {
    this.sql = database.core();
  }

  /**
   * @param tenant null if there is no such schedule
   * @param payload null if there is no such revision
   */
  public record Row(
      long schedule,
      long version,
      String tenant,
      String scheduleId,
      byte[] payload,
      String payloadType) {}

  /**
   * One row for each pair, in their order; cut short, after one at least, where the payloads add up
   * to more than a few megabytes. Deleted schedules are there too.
   */
  public List<Row> read(long[] schedules, long[] versions) {
    return KeyedRead.run(
        sql,
        connection -> {
          List<Row> rows = new ArrayList<>();
          try (PreparedStatement statement =
              connection.prepareStatement(
                  "select schedule, version, tenant_id, id, payload, payload_type from ("
                      + " select n, u.schedule, u.version, s.tenant_id, s.id, r.payload,"
                      + " r.payload_type, sum(coalesce(octet_length(r.payload), 0))"
                      + " over (order by n) as bytes"
                      + " from unnest(?, ?) with ordinality as u (schedule, version, n)"
                      + " left join schedule s on s.num = u.schedule"
                      + " left join revision r"
                      + " on r.schedule_num = u.schedule and r.version = u.version) x"
                      + " where bytes <= ? or n = 1 order by n")) {
            statement.setArray(1, DeliveryState.array(connection, "int8", schedules));
            statement.setArray(2, DeliveryState.array(connection, "int8", versions));
            statement.setLong(3, MAX_BYTES);
            addRows(statement, rows);
          }
          return rows;
        });
  }

  /**
   * What will fire, by rising number of the schedule: so that all are read in the order in which
   * they lie, at a fraction of what it costs to look each of them up. Without those of which the
   * payload is large.
   */
  public List<Row> page(long afterSchedule, int limit) {
    return KeyedRead.run(
        sql,
        connection -> {
          List<Row> rows = new ArrayList<>(limit);
          try (Statement settings = connection.createStatement()) {
            // Without statistics the planner sorts all that is left, for each page.
            settings.execute(
                "select set_config('enable_sort', 'off', true),"
                    + " set_config('enable_bitmapscan', 'off', true),"
                    + " set_config('enable_hashjoin', 'off', true)");
          }
          try (PreparedStatement statement =
              connection.prepareStatement(
                  "select r.schedule_num, r.version, s.tenant_id, s.id, r.payload, r.payload_type"
                      + " from schedule s join revision r on r.schedule_num = s.num"
                      + " and r.version = s.revision_version"
                      + " where s.num > ? and r.schedule_num > ? and r.valid_to is null"
                      + " and octet_length(r.payload) <= ? order by s.num limit ?")) {
            statement.setLong(1, afterSchedule);
            statement.setLong(2, afterSchedule);
            statement.setInt(3, MAX_BYTES / limit);
            statement.setInt(4, limit);
            addRows(statement, rows);
          }
          return rows;
        });
  }

  private static void addRows(PreparedStatement statement, List<Row> rows) throws SQLException {
    try (ResultSet row = statement.executeQuery()) {
      while (row.next()) {
        rows.add(
            new Row(
                row.getLong(1),
                row.getLong(2),
                row.getString(3),
                row.getString(4),
                row.getBytes(5),
                row.getString(6)));
      }
    }
  }
}
