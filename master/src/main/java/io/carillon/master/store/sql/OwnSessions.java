package io.carillon.master.store.sql;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.UUID;
import java.util.concurrent.Executor;
import javax.sql.DataSource;
import org.postgresql.util.PSQLException;

/**
 * Whether each connection is a session of its own, with the settings that it was opened with. A
 * master keeps locks, settings and prepared statements in its sessions; a pooler that gives a
 * session to another connection after each transaction, or passes no settings on, breaks it.
 */
final class OwnSessions {

  private static final String WHAT_TO_DO =
      "masters need sessions of their own: give them the address of PostgreSQL itself, or of a"
          + " pooler in session mode that passes search_path and options on";

  private static final String PROBE = "carillon.session";
  private static final int PATIENCE_MILLIS = 5_000;

  private OwnSessions() {}

  /** What a refused connection means if a pooler refused it; null if none did. */
  static String refusal(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof PSQLException
          && String.valueOf(cause.getMessage()).contains("unsupported startup parameter")) {
        return "a pooler (PgBouncer) is in between and passes settings of sessions not on ("
            + String.valueOf(cause.getMessage()).strip()
            + "): "
            + WHAT_TO_DO;
      }
    }
    return null;
  }

  /**
   * Looks at two connections.
   *
   * @param schema that their search path must name
   * @return what is wrong and what to do; null if nothing is
   */
  static String fault(DataSource source, String schema) throws SQLException {
    try (Connection one = source.getConnection();
        Connection other = source.getConnection()) {
      return fault(one, other, schema);
    }
  }

  static String fault(Connection one, Connection other, String schema) throws SQLException {
    String path = ask(one, "select current_setting('search_path')");
    String timeout = ask(one, "select current_setting('statement_timeout')");
    if (!path.replace("\"", "").equals(schema) || timeout.equals("0")) {
      return "a new session has search_path "
          + path
          + " and statement_timeout "
          + timeout
          + ", and not those that were asked for, as if a pooler (PgBouncer) were in between: "
          + WHAT_TO_DO;
    }
    String mark = UUID.randomUUID().toString();
    ask(one, "select set_config('" + PROBE + "', '" + mark + "', false)");
    boolean commits = other.getAutoCommit();
    other.setAutoCommit(false);
    try {
      // A pooler in transaction mode gives it the session that is free, which is that of the first.
      ask(other, "select 1");
      return mark.equals(askInTime(one, "select current_setting('" + PROBE + "', true)"))
          ? null
          : "what is set in a session is gone in its next transaction, as if a pooler (PgBouncer)"
              + " in transaction mode were in between: "
              + WHAT_TO_DO;
    } finally {
      other.rollback();
      other.setAutoCommit(commits);
    }
  }

  private static String ask(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getString(1);
    }
  }

  /** Null if there is no answer: a pooler may have no other session to give. */
  private static String askInTime(Connection connection, String sql) throws SQLException {
    Executor here = Runnable::run;
    int before = connection.getNetworkTimeout();
    connection.setNetworkTimeout(here, PATIENCE_MILLIS);
    try {
      String answer = ask(connection, sql);
      connection.setNetworkTimeout(here, before);
      return answer;
    } catch (SQLException e) {
      if (connection.isClosed() || String.valueOf(e.getSQLState()).startsWith("08")) {
        return null;
      }
      throw e;
    }
  }
}
