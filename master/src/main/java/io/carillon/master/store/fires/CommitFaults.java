package io.carillon.master.store.fires;

import io.carillon.common.time.Micros;
import io.carillon.master.core.CommitPlan;
import io.carillon.master.core.FireColumns;
import io.carillon.master.store.sql.WriteFault;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.postgresql.PGConnection;

/**
 * Says what stands in the way of a commit, with the key of the row, so that it can be looked at.
 */
final class CommitFaults {

  private static final String STATE = "select epoch, watermark from partition_state where id = ?";

  /** The first by its key; and how many there are. */
  private static final String ROWS =
      "select f.nominal_time, f.schedule_num, f.kind, f.seq, f.recorded_at, count(*) over (),"
          + " s.tenant_id, s.id from fire f"
          + " join unnest(?, ?, ?) as k (nominal, schedule, kind) on f.nominal_time = k.nominal"
          + " and f.schedule_num = k.schedule and f.kind = k.kind"
          + " left join schedule s on s.num = f.schedule_num"
          + " order by f.nominal_time, f.schedule_num, f.kind limit 1";

  private CommitFaults() {}

  static String rowGone(int partition) {
    return "partition_state has no row with id " + partition;
  }

  /**
   * @param part the commit as far as it is of this partition
   * @param refusal how PostgreSQL refuses it
   */
  static String describe(
      Connection connection, CommitPlan part, int partition, SQLException refusal)
      throws SQLException {
    String found =
        WriteFault.of(refusal) == WriteFault.MISMATCH
            ? state(connection, part, partition)
            : rows(connection, part.fires());
    return found == null ? WriteFault.text(refusal) : found;
  }

  private static String state(Connection connection, CommitPlan part, int partition)
      throws SQLException {
    try (PreparedStatement read = connection.prepareStatement(STATE)) {
      read.setInt(1, partition);
      try (ResultSet row = read.executeQuery()) {
        if (!row.next()) {
          return rowGone(partition);
        }
        return "partition_state has epoch "
            + row.getLong(1)
            + " and watermark "
            + row.getLong(2)
            + " for id "
            + partition
            + ", where this leader wrote epoch "
            + part.epochs()[0]
            + " and watermark "
            + part.watermarks()[0];
      }
    }
  }

  /** Null if no row has the key of one of them. */
  private static String rows(Connection connection, FireColumns fires) throws SQLException {
    PGConnection arrays = connection.unwrap(PGConnection.class);
    try (PreparedStatement read = connection.prepareStatement(ROWS)) {
      read.setArray(1, arrays.createArrayOf("int8", fires.nominalMicros));
      read.setArray(2, arrays.createArrayOf("int8", fires.schedule));
      read.setArray(3, arrays.createArrayOf("int4", fires.kind));
      try (ResultSet row = read.executeQuery()) {
        if (!row.next()) {
          return null;
        }
        long more = row.getLong(6) - 1;
        String schedule =
            row.getString(7) == null
                ? "no schedule"
                : "tenants/" + row.getString(7) + "/schedules/" + row.getString(8);
        return "fire has the row nominal_time = %d, schedule_num = %d, kind = %d (%s of %s) already,"
                .formatted(
                    row.getLong(1),
                    row.getLong(2),
                    row.getInt(3),
                    Micros.format(row.getLong(1)),
                    schedule)
            + " with seq %d, recorded at %s%s"
                .formatted(
                    row.getLong(4),
                    Micros.format(row.getLong(5)),
                    more == 0 ? "" : ", and " + more + " more such rows");
      }
    }
  }
}
