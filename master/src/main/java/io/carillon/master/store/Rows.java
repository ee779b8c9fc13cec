package io.carillon.master.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.jooq.exception.DataAccessException;

/** Rows of a query one after the other, of which few are in memory. Within a transaction. */
public final class Rows<T> implements AutoCloseable {

  private static final int FETCH = 5_000;

  private final PreparedStatement query;
  private final ResultSet rows;
  private final Mapper<T> mapper;
  private T next;

  /** Makes what is wanted of the row that a result is at. */
  interface Mapper<T> {
    T map(ResultSet row) throws SQLException;
  }

  Rows(Connection connection, String text, Mapper<T> mapper, long... values) {
    this.mapper = mapper;
    try {
      this.query = connection.prepareStatement(text);
      query.setFetchSize(FETCH);
      for (int i = 0; i < values.length; i++) {
        query.setLong(i + 1, values[i]);
      }
      this.rows = query.executeQuery();
      advance();
    } catch (SQLException e) {
      throw new DataAccessException("reading the ledger", e);
    }
  }

  /** The next row, which stays the next; null if there is none. */
  public T peek() {
    return next;
  }

  /** The next row; the one after it is the next then. */
  public T take() {
    T taken = next;
    try {
      advance();
    } catch (SQLException e) {
      throw new DataAccessException("reading the ledger", e);
    }
    return taken;
  }

  private void advance() throws SQLException {
    next = rows.next() ? mapper.map(rows) : null;
  }

  @Override
  public void close() {
    try {
      query.close();
    } catch (SQLException e) {
      throw new DataAccessException("reading the ledger", e);
    }
  }
}
