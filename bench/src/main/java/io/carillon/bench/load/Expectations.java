package io.carillon.bench.load;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import org.postgresql.PGConnection;

/** Which times each schedule owes, from what was requested alone. */
public final class Expectations {

  static final String TABLE = "bench_expected";

  private long[][] columns = new long[4][1024];
  private int size;

  /**
   * @param after no nominal time up to and including it is owed
   */
  void add(long schedule, long anchor, long period, long after) {
    if (size == columns[0].length) {
      for (int i = 0; i < columns.length; i++) {
        columns[i] = Arrays.copyOf(columns[i], size * 2);
      }
    }
    columns[0][size] = schedule;
    columns[1][size] = anchor;
    columns[2][size] = period;
    columns[3][size] = after;
    size++;
  }

  public void write(Connection connection) throws SQLException {
    try (Statement table = connection.createStatement()) {
      table.execute("drop table if exists " + TABLE);
      table.execute(
          "create table "
              + TABLE
              + " (schedule_num bigint primary key, anchor bigint, period bigint, after bigint)");
    }
    try (PreparedStatement insert =
        connection.prepareStatement("insert into " + TABLE + " select * from unnest(?, ?, ?, ?)")) {
      PGConnection arrays = connection.unwrap(PGConnection.class);
      for (int i = 0; i < columns.length; i++) {
        insert.setArray(i + 1, arrays.createArrayOf("int8", Arrays.copyOf(columns[i], size)));
      }
      insert.executeUpdate();
    }
    try (Statement analyze = connection.createStatement()) {
      analyze.execute("analyze " + TABLE);
    }
  }
}
