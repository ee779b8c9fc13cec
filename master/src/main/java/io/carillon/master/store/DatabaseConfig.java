package io.carillon.master.store;

import java.time.Duration;
import java.util.regex.Pattern;

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

  private static final Pattern SCHEMA = Pattern.compile("[a-z_][a-z0-9_]{0,62}");

  public DatabaseConfig {
    if (!url.startsWith("jdbc:postgresql:")) {
      throw new IllegalArgumentException(
          "database url must begin with jdbc:postgresql: but is " + url);
    }
    if (!SCHEMA.matcher(schema).matches()) {
      throw new IllegalArgumentException(
          "schema must be 1-63 of [a-z0-9_] and not begin with a digit, but is " + schema);
    }
    if (poolSize < 2) {
      throw new IllegalArgumentException("pool size must be 2 or more, but is " + poolSize);
    }
  }

  /** With defaults for everything but the address. */
  public static DatabaseConfig of(String url, String user, String password) {
    return new DatabaseConfig(url, user, password, "carillon", 8, Duration.ofSeconds(10));
  }

  public DatabaseConfig withSchema(String name) {
    return new DatabaseConfig(url, user, password, name, poolSize, connectTimeout);
  }

  @Override
  public String toString() {
    // What follows the question mark may hold a password.
    return url.replaceFirst("\\?.*", "") + " user " + user + " schema " + schema;
  }
}
