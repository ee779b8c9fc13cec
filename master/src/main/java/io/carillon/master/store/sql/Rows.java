package io.carillon.master.store.sql;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import org.jooq.exception.DataAccessException;

/** Rows of a query one after the other, of which few are in memory. Within a transaction. */
public final class Rows<T> implements AutoCloseable {

  private static final int FETCH = 5_000;

  private final PreparedStatement query;
  private final ResultSet rows;
  private final Mapper<T> mapper;
  private T next;

  /** Makes what is wanted of the row that a result is at. */
  public interface Mapper<T> {
    T map(ResultSet row) throws SQLException;
  }

  /** Sets a parameter of a query. */
  public interface Binder {
    void bind(PreparedStatement query, int parameter) throws SQLException;
  }

  public Rows(Connection connection, String text, Mapper<T> mapper, long... values) {
    this(connection, text, mapper, binders(values));
  }

  private static List<Binder> binders(long... values) {
    return Arrays.stream(values)
        .<Binder>mapToObj(value -> (query, parameter) -> query.setLong(parameter, value))
        .toList();
  }

  public Rows(Connection connection, String text, Mapper<T> mapper, List<Binder> values) {
    this.mapper = mapper;
    try {
      this.query = connection.prepareStatement(text);
      query.setFetchSize(FETCH);
      for (int i = 0; i < values.size(); i++) {
        values.get(i).bind(query, i + 1);
      }
      this.rows = query.executeQuery();
      advance();
    } catch (SQLException e) {
      throw new DataAccessException("reading the ledger", e);
    }
  }

  private Rows() {
    this.query = null;
    this.rows = null;
    this.mapper = null;
  }

  public static <T> Rows<T> none() {
    return new Rows<>();
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
    next = rows != null && rows.next() ? mapper.map(rows) : null;
  }

  @Override
  public void close() {
    try {
      if (query != null) {
        query.close();
      }
    } catch (SQLException e) {
      throw new DataAccessException("reading the ledger", e);
    }
  }
}
