package io.carillon.master.store.fires;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonParser;
import io.carillon.master.store.sql.StoreFixture;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The compare-and-set of a commit, in a session of its own. */
class MoveWatermarksTest {

  private final StoreFixture fixture = new StoreFixture();
  private Connection session;
  private Connection other;
  private long at = 1_000;

  @BeforeEach
  void begin() throws SQLException {
    session = fixture.connect();
    other = fixture.connect();
    execute(other, "update partition_state set watermark = " + at);
  }

  @AfterEach
  void close() throws SQLException {
    session.close();
    other.close();
    fixture.close();
  }

  @Test
  void a_commit_beside_a_long_read_costs_as_much_after_many_as_after_few() throws Exception {
    other.setAutoCommit(false);
    other.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
    value(other, "select count(*) from partition_state");
    moves(10);
    long few = pagesOfOneMove();
    moves(1_500);
    long many = pagesOfOneMove();
    assertTrue(many <= 3 * few, few + " pages of a commit after 10, " + many + " after 1510");
  }

  @Test
  void rows_that_somebody_else_moved_are_found() throws Exception {
    moves(3);
    execute(other, "update partition_state set node_id = 'another', epoch = epoch");
    moves(1);
    execute(other, "vacuum full partition_state");
    moves(2);
    assertEquals(4, value(other, "select count(*) from partition_state where watermark = " + at));
  }

  @Test
  void what_a_commit_that_was_rolled_back_remembers_is_forgotten() throws Exception {
    moves(2);
    session.setAutoCommit(false);
    assertEquals(4, value(session, move(at + 500)));
    session.rollback();
    session.setAutoCommit(true);
    moves(2);
    assertEquals(4, value(other, "select count(*) from partition_state where watermark = " + at));
  }

  @Test
  void only_what_is_at_the_watermark_given_moves_and_only_that_is_counted() throws Exception {
    moves(2);
    execute(other, "update partition_state set watermark = watermark + 1 where id = 2");
    assertEquals(3, value(session, move(at + 1)));
    execute(other, "update partition_state set epoch = epoch + 1 where id = 3");
    assertEquals(0, value(session, move(at + 2)));
  }

  @Test
  void a_watermark_that_stays_where_it_is_is_counted_once() throws Exception {
    moves(1);
    assertEquals(4, value(session, move(at)));
    execute(other, "update partition_state set node_id = 'another' where id < 2");
    assertEquals(4, value(session, move(at)));
  }

  private void moves(int times) throws SQLException {
    for (int i = 0; i < times; i++) {
      assertEquals(4, value(session, move(at + 1)));
      at++;
    }
  }

  private String move(long to) {
    return String.format(
        "select move_watermarks(array[0, 1, 2, 3], array[0::bigint, 0, 0, 0], array[%1$d::bigint,"
            + " %1$d, %1$d, %1$d], array[%2$d::bigint, %2$d, %2$d, %2$d], array[0::bigint, 0, 0,"
            + " 0], 0)",
        at, to);
  }

  /** How many pages a move reads and writes. */
  private long pagesOfOneMove() throws Exception {
    try (Statement statement = session.createStatement();
        ResultSet rows =
            statement.executeQuery("explain (analyze, buffers, format json) " + move(at + 1))) {
      rows.next();
      at++;
      return JsonParser.parseString(rows.getString(1))
          .getAsJsonArray()
          .get(0)
          .getAsJsonObject()
          .getAsJsonObject("Plan")
          .get("Shared Hit Blocks")
          .getAsLong();
    }
  }

  private static long value(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      rows.next();
      return rows.getLong(1);
    }
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
