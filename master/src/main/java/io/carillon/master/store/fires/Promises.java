package io.carillon.master.store.fires;

import io.carillon.common.fire.FireKind;
import io.carillon.common.schedule.Occurrences;
import io.carillon.master.core.ledger.Promise;
import io.carillon.master.store.fires.LedgerScan.Range;
import io.carillon.master.store.fires.LedgerScan.Scope;
import io.carillon.master.store.sql.Rows;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.function.Function;

/** Reads what clients were told of fires beside the spec: notes of triggers, and backfills. */
final class Promises {

  private static final String TRIGGERS =
      "select s.num, s.partition, n.nominal_time, 0 as backfill, 0 as version, '' as spec,"
          + " 0 as destination_num, 0 as position, null::bytea as request from fire_note n join"
          + " schedule s on s.num = n.schedule_num where n.kind = 1 and n.nominal_time > ? and"
          + " n.nominal_time <= ? and ";

  /** The operation says how far it has come. */
  private static final String BACKFILLS =
      "select s.num, s.partition, 0, o.backfill, o.version, r.spec, r.destination_num, o.position,"
          + " o.request from operation o join schedule s on s.num = o.schedule_num join revision r"
          + " on r.schedule_num = o.schedule_num and r.version = o.version where o.backfill > 0"
          + " and ";

  private Promises() {}

  /** As {@link LedgerScan.Snapshot#promises}. */
  static Rows<Promise> read(
      Connection connection,
      Function<String, Occurrences> specs,
      Scope scope,
      long after,
      long upTo,
      Function<byte[], Range> ranges) {
    String text =
        TRIGGERS
            + scope.ofSchedules()
            + " union all "
            + BACKFILLS
            + scope.ofSchedules()
            + " order by num, backfill, nominal_time";
    return new Rows<>(connection, text, row -> promise(row, specs, ranges), after, upTo);
  }

  private static Promise promise(
      ResultSet row, Function<String, Occurrences> specs, Function<byte[], Range> ranges)
      throws SQLException {
    int backfill = row.getInt(4);
    if (backfill == 0) {
      return new Promise.Trigger(row.getLong(1), row.getInt(2), row.getLong(3));
    }
    Range range = ranges.apply(row.getBytes(9));
    return new Promise.Backfill(
        row.getLong(1),
        row.getInt(2),
        FireKind.BACKFILL.code(backfill),
        row.getLong(5),
        row.getInt(7),
        specs.apply(row.getString(6)),
        range.after(),
        row.getLong(8),
        range.upTo());
  }
}
