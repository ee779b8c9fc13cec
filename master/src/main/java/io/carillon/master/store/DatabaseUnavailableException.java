package io.carillon.master.store;

/** PostgreSQL cannot be reached, or refuses what the master needs. The message says where. */
public final class DatabaseUnavailableException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public DatabaseUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }
}
