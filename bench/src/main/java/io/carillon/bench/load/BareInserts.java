package io.carillon.bench.load;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.SplittableRandom;
import org.HdrHistogram.Histogram;
import org.postgresql.PGConnection;

/**
 * What this server takes of such rows at best: the yardstick for recording. Rows as wide as the
 * log's, from arrays, into a table of the log's shape, on one connection, each statement a durable
 * commit; no fence, no watermarks, no checks.
 */
public final class BareInserts {

  private static final int ROWS = 5_000;
  private static final int SCHEDULES = 1_000_000;
  private static final long WARM_UP_NANOS = 1_000_000_000L;
  private static final String[] LONGS = {
    "nominal_time",
    "schedule_num",
    "seq",
    "recorded_at",
    "version",
    "partition_epoch",
    "last_nominal",
    "skipped_count"
  };

  private final Connection connection;
  private final SplittableRandom random = new SplittableRandom(1);
  private final long[][] longs = new long[LONGS.length][ROWS];
  private final int[] numbers = new int[ROWS];
  private final int[] zeros = new int[ROWS];
  private long nominal = WallClock.nowMicros();
  private long seq;

  public BareInserts(Connection connection) {
    this.connection = connection;
  }

  /**
   * @param indexed with the log's indexes, or with none
   * @return rows a second
   */
  public double measure(boolean indexed, double seconds) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("drop table if exists bench_bare");
      statement.execute(
          "create table bench_bare (like fire" + (indexed ? " including indexes" : "") + ")");
    }
    long began = System.nanoTime();
    while (System.nanoTime() - began < WARM_UP_NANOS) {
      insert();
    }
    began = System.nanoTime();
    long rows = 0;
    while (System.nanoTime() - began < seconds * 1e9) {
      insert();
      rows += ROWS;
    }
    double took = (System.nanoTime() - began) / 1e9;
    try (Statement statement = connection.createStatement()) {
      statement.execute("drop table bench_bare");
    }
    return rows / took;
  }

  /**
   * How long a commit of one row takes when nothing else goes on: no fire can be recorded sooner.
   *
   * @return microseconds
   */
  public Histogram commits(double seconds) throws SQLException {
    Histogram micros = LedgerQueries.histogram();
    try (Statement statement = connection.createStatement()) {
      statement.execute("drop table if exists bench_commit");
      statement.execute("create table bench_commit (n bigint)");
      long end = System.nanoTime() + (long) (seconds * 1e9);
      while (System.nanoTime() < end) {
        long before = System.nanoTime();
        statement.execute("insert into bench_commit values (" + before + ")");
        micros.recordValue((System.nanoTime() - before) / 1000);
      }
      statement.execute("drop table bench_commit");
    }
    return micros;
  }

  private void insert() throws SQLException {
    fill();
    try (PreparedStatement statement =
        connection.prepareStatement(
            "insert into bench_bare ("
                + String.join(", ", LONGS)
                + ", destination_num, partition, kind, skip_reason)"
                + " select a, b, c, d, e, f, g, h, i, j::smallint, k::smallint, l::smallint"
                + " from unnest(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
                + " as u (a, b, c, d, e, f, g, h, i, j, k, l)")) {
      PGConnection arrays = connection.unwrap(PGConnection.class);
      int parameter = 1;
      for (long[] column : longs) {
        statement.setArray(parameter++, arrays.createArrayOf("int8", column));
      }
      statement.setArray(parameter++, arrays.createArrayOf("int4", numbers));
      statement.setArray(parameter++, arrays.createArrayOf("int4", numbers));
      statement.setArray(parameter++, arrays.createArrayOf("int4", zeros));
      statement.setArray(parameter, arrays.createArrayOf("int4", zeros));
      statement.executeUpdate();
    }
  }

  /** Ascending in time and by chance in the schedule, as the log's rows are. */
  private void fill() {
    for (int i = 0; i < ROWS; i++) {
      longs[0][i] = ++nominal;
      longs[1][i] = random.nextInt(SCHEDULES);
      longs[2][i] = ++seq;
      longs[3][i] = nominal + 5_000;
      longs[4][i] = 1 + random.nextInt(1000);
      longs[5][i] = 1;
      longs[6][i] = nominal;
      longs[7][i] = 0;
      numbers[i] = random.nextInt(256);
    }
  }
}
