package io.carillon.master.store;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Properties;

/**
 * A session advisory lock of PostgreSQL that the leader holds: a second master sees at once whether
 * another lives. It is a convenience; what keeps a deposed leader from writing is the leader epoch.
 */
public final class LeaderLock implements AutoCloseable {

  /** First half of the lock's key; the second is a hash of the schema's name. */
  private static final int LOCK_CLASS = 0x0ca51110;

  private final DatabaseConfig config;
  private Connection session;

  public LeaderLock(DatabaseConfig config) {
    this.config = config;
  }

  /** Takes the lock if nobody has it. */
  public synchronized boolean tryTake() throws SQLException {
    close();
    Properties properties = new Properties();
    if (config.user() != null) {
      properties.setProperty("user", config.user());
    }
    if (config.password() != null) {
      properties.setProperty("password", config.password());
    }
    properties.setProperty("ApplicationName", "carillon-leader");
    properties.setProperty("connectTimeout", "5");
    properties.setProperty("socketTimeout", "10");
    properties.setProperty("tcpKeepAlive", "true");
    // A session whose master is out of reach ends within seconds, and the lock with it.
    properties.setProperty(
        "options",
        "-c tcp_keepalives_idle=5 -c tcp_keepalives_interval=2 -c tcp_keepalives_count=3");
    Connection candidate = DriverManager.getConnection(config.url(), properties);
    try (PreparedStatement take =
        candidate.prepareStatement("select pg_try_advisory_lock(?, hashtext(?))")) {
      take.setInt(1, LOCK_CLASS);
      take.setString(2, config.schema());
      try (ResultSet result = take.executeQuery()) {
        result.next();
        if (result.getBoolean(1)) {
          session = candidate;
          return true;
        }
      }
    } catch (SQLException e) {
      candidate.close();
      throw e;
    }
    candidate.close();
    return false;
  }

  /** Whether the session that holds the lock still lives. Asks PostgreSQL. */
  public synchronized boolean isHeld() {
    try {
      return session != null && session.isValid(5);
    } catch (SQLException e) {
      return false;
    }
  }

  @Override
  public synchronized void close() {
    if (session != null) {
      try {
        session.close();
      } catch (SQLException e) {
        // Gone already, and the lock with it.
      }
      session = null;
    }
  }
}
