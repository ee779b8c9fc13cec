package io.carillon.master.store.lead;

import io.carillon.master.store.sql.DatabaseConfig;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;

/**
 * Connections of the election: outside of the pools, so that nothing makes it wait, and with short
 * timeouts, so that one that is dead without saying so is soon known to be.
 */
final class LeaderSession {

  private static final String CONNECT_SECONDS = "1";

  /** The server, too, gives up a master that is out of reach, and its locks with it. */
  private static final String KEEPALIVE =
      " -c tcp_keepalives_idle=1 -c tcp_keepalives_interval=1 -c tcp_keepalives_count=2"
          + " -c tcp_user_timeout=3000 -c idle_in_transaction_session_timeout=2000";

  private LeaderSession() {}

  /**
   * @param name seen in pg_stat_activity
   * @param statementMillis after which the server gives a statement up
   * @param lockMillis the same of waiting for a lock
   */
  static Connection open(DatabaseConfig config, String name, long statementMillis, long lockMillis)
      throws SQLException {
    Properties properties = new Properties();
    if (config.user() != null) {
      properties.setProperty("user", config.user());
    }
    if (config.password() != null) {
      properties.setProperty("password", config.password());
    }
    properties.setProperty("currentSchema", config.schema());
    properties.setProperty("ApplicationName", name);
    properties.setProperty("connectTimeout", CONNECT_SECONDS);
    // Whole seconds, above that of the statement: a server that lives answers before.
    properties.setProperty("socketTimeout", Long.toString(statementMillis / 1_000 + 1));
    properties.setProperty("tcpKeepAlive", "true");
    properties.setProperty(
        "options",
        "-c statement_timeout=" + statementMillis + " -c lock_timeout=" + lockMillis + KEEPALIVE);
    return DriverManager.getConnection(config.url(), properties);
  }

  /** Without a word to the server, which may not answer. */
  static void drop(Connection connection) {
    if (connection != null) {
      try {
        connection.abort(Runnable::run);
      } catch (SQLException e) {
        // Gone already.
      }
    }
  }
}
