package io.carillon.e2e;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What is recorded, read straight from the tables and compared with what must be there. */
final class Ledger {

  /** A row. Times in microseconds. */
  record Row(long nominal, long recorded, long seq, long epoch, int partition, int skipReason) {
    long lateness() {
      return recorded - nominal;
    }
  }

  private final Map<Long, List<Row>> bySchedule = new HashMap<>();

  private Ledger() {}

  /** All scheduled rows with a nominal time in {@code [from, to]}. */
  static Ledger read(Connection connection, long from, long to) throws SQLException {
    Ledger ledger = new Ledger();
    connection.setAutoCommit(false);
    try (PreparedStatement query =
        connection.prepareStatement(
            "select schedule_num, nominal_time, recorded_at, seq, partition_epoch, partition,"
                + " skip_reason from fire where kind = 0 and nominal_time between ? and ?"
                + " order by schedule_num, nominal_time")) {
      query.setFetchSize(10_000);
      query.setLong(1, from);
      query.setLong(2, to);
      try (ResultSet rows = query.executeQuery()) {
        while (rows.next()) {
          ledger
              .bySchedule
              .computeIfAbsent(rows.getLong(1), num -> new ArrayList<>())
              .add(
                  new Row(
                      rows.getLong(2),
                      rows.getLong(3),
                      rows.getLong(4),
                      rows.getLong(5),
                      rows.getInt(6),
                      rows.getInt(7)));
        }
      }
    }
    connection.rollback();
    return ledger;
  }

  List<Row> of(long schedule) {
    return bySchedule.getOrDefault(schedule, List.of());
  }

  List<Row> all() {
    List<Row> all = new ArrayList<>();
    bySchedule.values().forEach(all::addAll);
    return all;
  }

  /** The greatest lateness of rows with a nominal time in {@code [from, to]}, in microseconds. */
  long worstLateness(long from, long to) {
    long worst = 0;
    for (Row row : all()) {
      if (row.nominal() >= from && row.nominal() <= to) {
        worst = Math.max(worst, row.lateness());
      }
    }
    return worst;
  }

  /**
   * Every way in which the rows of a schedule differ from these nominal times, each of which must
   * be there once, FIRED, and not early.
   */
  List<String> faults(long schedule, List<Long> expected) {
    List<String> faults = new ArrayList<>();
    Map<Long, Integer> counts = new HashMap<>();
    for (Row row : of(schedule)) {
      counts.merge(row.nominal(), 1, Integer::sum);
      if (row.lateness() < 0) {
        faults.add(schedule + " early by " + -row.lateness() + " µs: " + row);
      }
      if (row.skipReason() != 0) {
        faults.add(schedule + " skipped: " + row);
      }
    }
    for (long nominal : expected) {
      Integer count = counts.remove(nominal);
      if (count == null) {
        faults.add(schedule + " lost: " + nominal);
      } else if (count != 1) {
        faults.add(schedule + " recorded " + count + " times: " + nominal);
      }
    }
    counts.keySet().forEach(nominal -> faults.add(schedule + " phantom: " + nominal));
    return faults;
  }
}
