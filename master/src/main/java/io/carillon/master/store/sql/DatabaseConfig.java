package io.carillon.master.store.sql;

import io.carillon.common.config.Storage;
import java.time.Duration;

/**
 * Where the master keeps its state.
 *
 * @param url {@code jdbc:postgresql://…}
 * @param user null if the url names one; {@code password} alike
 * @param schema the schema that Carillon has for itself; made if it is not there
 * @param poolSize connections for the API; the fire path has its own beside them
 * @param connectTimeout how long a start waits for PostgreSQL
 */
public record DatabaseConfig(
    String url,
    String user,
    String password,
    String schema,
    int poolSize,
    Duration connectTimeout) {

  public DatabaseConfig {
    if (!url.startsWith("jdbc:postgresql:")) {
      throw new IllegalArgumentException("database url must begin with jdbc:postgresql:");
    }
  }

  /** With defaults for everything but the address. */
  public static DatabaseConfig of(String url, String user, String password) {
    return of(url, user, password, Storage.DEFAULTS);
  }

  /** As an operator set it, but for the address, which is said in more than one way. */
  public static DatabaseConfig of(String url, String user, String password, Storage storage) {
    return new DatabaseConfig(
        url,
        user,
        password,
        storage.schema(),
        storage.databasePoolSize(),
        storage.databaseConnectTimeout());
  }

  @Override
  public String toString() {
    // What follows the question mark may hold a password.
    return url.replaceFirst("\\?.*", "") + " user " + user + " schema " + schema;
  }
}
