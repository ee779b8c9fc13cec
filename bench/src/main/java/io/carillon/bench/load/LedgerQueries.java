package io.carillon.bench.load;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.HdrHistogram.Histogram;

/** What the log says, read by SQL of the harness's own and not by Carillon's code. */
public final class LedgerQueries implements AutoCloseable {

  /** Latenesses are kept to a thousandth, up to an hour. */
  private static final long LONGEST_MICROS = 3_600_000_000L;

  private final Connection connection;

  public LedgerQueries(Connection connection) throws SQLException {
    this.connection = connection;
    try (Statement statement = connection.createStatement()) {
      statement.execute("set work_mem = '256MB'");
      // A check that spreads over all cores would take them from what is measured.
      statement.execute("set max_parallel_workers_per_gather = 0");
    }
  }

  public static Histogram histogram() {
    return new Histogram(LONGEST_MICROS, 3);
  }

  /** How far recording has come, over all partitions. */
  public record Position(long watermark, long lastSeq, long cursor) {

    public long lagMicros(long now) {
      return now - watermark;
    }
  }

  public Position position() throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "select min(watermark), max(last_seq),"
                    + " (select seq from delivery_cursor where destination_num = 1)"
                    + " from partition_state")) {
      row.next();
      return new Position(row.getLong(1), row.getLong(2), row.getLong(3));
    }
  }

  /** Waits until everything up to a time is recorded; false if the limit passes first. */
  public boolean awaitWatermark(long micros, long limitMicros)
      throws SQLException, InterruptedException {
    long deadline = WallClock.nowMicros() + limitMicros;
    while (position().watermark() < micros) {
      if (WallClock.nowMicros() > deadline) {
        return false;
      }
      Thread.sleep(20);
    }
    return true;
  }

  /** Waits until nothing comes any more: what was on its way when nodes ended is still recorded. */
  public void awaitStill() throws SQLException, InterruptedException {
    long seq = -1;
    for (long now; (now = position().lastSeq()) != seq; seq = now) {
      Thread.sleep(500);
    }
  }

  /** How many fires were recorded in (from, to]. */
  public long recordedBetween(long from, long to) throws SQLException {
    return number("select count(*) from fire where recorded_at > ? and recorded_at <= ?", from, to);
  }

  public long count() throws SQLException {
    return number("select count(*) from fire");
  }

  /** Fires that were refused, timed out or given up. */
  public long parked() throws SQLException {
    return number("select count(*) from parked_fire");
  }

  public long number(String query, long... arguments) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(query)) {
      for (int i = 0; i < arguments.length; i++) {
        statement.setLong(i + 1, arguments[i]);
      }
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        return row.getLong(1);
      }
    }
  }

  /** Recorded − nominal of the nominal times in (from, to]. */
  public Histogram lateness(long from, long to) throws SQLException {
    Histogram histogram = histogram();
    try (PreparedStatement statement =
        connection.prepareStatement(
            "select recorded_at - nominal_time, count(*) from fire"
                + " where nominal_time > ? and nominal_time <= ? group by 1")) {
      statement.setLong(1, from);
      statement.setLong(2, to);
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          histogram.recordValueWithCount(
              Math.min(LONGEST_MICROS, Math.max(0, rows.getLong(1))), rows.getLong(2));
        }
      }
    }
    return histogram;
  }

  /**
   * What the ledger holds, against what the schedules owe up to the watermark of their partition.
   *
   * @param owed nominal times that must be there
   * @param recorded rows that are there
   * @param missing owed, but not there
   * @param twice there more than once
   * @param strange not a time of the schedule, not owed, or not FIRED
   * @param early recorded before its nominal time
   * @param foreign of no schedule of the harness
   */
  public record Completeness(
      long schedules,
      long owed,
      long recorded,
      long missing,
      long twice,
      long strange,
      long early,
      long foreign) {

    public boolean holds() {
      return owed > 0
          && owed == recorded
          && missing == 0
          && twice == 0
          && strange == 0
          && early == 0
          && foreign == 0;
    }

    @Override
    public String toString() {
      return String.format(
          "%d schedules owe %d nominal times, the ledger has %d: %d missing, %d twice, %d strange,"
              + " %d early, %d foreign",
          schedules, owed, recorded, missing, twice, strange, early, foreign);
    }
  }

  /** Compares the whole run, each schedule by itself, in one statement: in one snapshot. */
  public Completeness compare(Population population) throws SQLException {
    population.writeExpectations(connection);
    return compare();
  }

  /** As {@link #compare(Population)}, of schedules that were made in another way. */
  public Completeness compare(Expectations expectations) throws SQLException {
    expectations.write(connection);
    return compare();
  }

  private Completeness compare() throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(COMPARE)) {
      row.next();
      return new Completeness(
          row.getLong(1),
          row.getLong(2),
          row.getLong(3),
          row.getLong(4),
          row.getLong(5),
          row.getLong(6),
          row.getLong(7),
          row.getLong(8));
    }
  }

  /** A schedule's count of distinct owed times equals the count owed: so the sets are equal. */
  private static final String COMPARE =
      """
      with owed as (
        select e.*, p.watermark,
               greatest(0, floor((p.watermark - e.anchor)::numeric / e.period)
                           - floor((e.after - e.anchor)::numeric / e.period))::bigint as n
          from bench_expected e
          join schedule s on s.num = e.schedule_num
          join partition_state p on p.id = s.partition
      ), found as (
        select f.schedule_num, count(*) as n, count(distinct f.nominal_time) as times,
               count(*) filter (where (f.nominal_time - o.anchor) % o.period <> 0
                                   or f.nominal_time <= o.after or f.nominal_time > o.watermark
                                   or f.kind <> 0 or f.skip_reason <> 0) as strange,
               count(*) filter (where f.recorded_at < f.nominal_time) as early
          from fire f join owed o using (schedule_num)
         group by f.schedule_num
      )
      select count(*), sum(o.n), coalesce(sum(f.n), 0),
             sum(greatest(o.n - coalesce(f.times, 0), 0)), coalesce(sum(f.n - f.times), 0),
             coalesce(sum(f.strange), 0), coalesce(sum(f.early), 0),
             (select count(*) from fire x
               where not exists (select from owed o2 where o2.schedule_num = x.schedule_num))
        from owed o left join found f using (schedule_num)
      """;

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
