package io.carillon.master.store.sql;

import java.sql.SQLException;

/** PostgreSQL cannot be reached, or refuses what the master needs. The message says where. */
public final class DatabaseUnavailableException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public DatabaseUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }

  /**
   * Whether a failure is connection trouble, a timeout or a lost race, which a retry may help, as
   * against a fault of our own SQL.
   */
  public static boolean explains(Throwable failure) {
    for (Throwable t = failure; t != null; t = t.getCause()) {
      if (t instanceof DatabaseUnavailableException) {
        return true;
      }
      if (t instanceof SQLException sql) {
        String state = sql.getSQLState();
        // The pool gives no state when it has no connection to give.
        return state == null
            || state.startsWith("08") // connection
            || state.startsWith("40") // serialization, deadlock
            || state.startsWith("53") // out of connections, memory, disk
            || state.startsWith("55") // lock timeout, in recovery
            || state.startsWith("57") // shutting down, statement timeout
            || state.startsWith("25"); // idle in transaction timeout, read-only after a fail-over
      }
    }
    return false;
  }
}
