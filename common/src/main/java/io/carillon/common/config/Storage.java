package io.carillon.common.config;

import java.time.Duration;
import java.util.regex.Pattern;

/**
 * The PostgreSQL of a master, as an operator says it.
 *
 * @param databaseUrl {@code jdbc:postgresql://…} or {@code postgres://…}
 * @param databaseUser null if the url names one, or as who runs the master
 * @param databasePassword null if the url has it, or none is needed
 * @param schema the schema that Carillon has for itself; made if it is not there
 * @param databasePoolSize connections for the API; the fire path has its own beside them
 * @param databaseConnectTimeout how long a start waits for PostgreSQL
 * @param partitions how many partitions a new cluster has; an existing one keeps its number
 */
public record Storage(
    @Setting(
            value =
                "PostgreSQL: jdbc:postgresql://host:5432/database or"
                    + " postgres://user@host:5432/database.",
            label = "URL",
            required = true)
        String databaseUrl,
    @Setting(
            value = "Who to be there.",
            label = "USER",
            otherwise = "the user within the URL, or who runs the master")
        String databaseUser,
    @Setting(value = "The password there.", label = "PASSWORD", secret = true, otherwise = "none")
        String databasePassword,
    @Setting(value = "Schema of the tables, made if needed.", label = "NAME") String schema,
    @Setting(
            value =
                "Connections for calls on the public API; what records fires has others beside"
                    + " them.",
            min = "2",
            max = "1000",
            advanced = true)
        int databasePoolSize,
    @Setting(
            value = "How long a start waits for PostgreSQL.",
            min = "PT0.1S",
            max = "PT10M",
            advanced = true)
        Duration databaseConnectTimeout,
    @Setting(
            value = "How many partitions a new cluster has; an existing one keeps its number.",
            min = "1",
            max = "4096",
            advanced = true)
        int partitions) {

  private static final Pattern SCHEMA = Pattern.compile("[a-z_][a-z0-9_]{0,62}");

  public static final Storage DEFAULTS =
      new Storage(null, null, null, "carillon", 8, Duration.ofSeconds(10), 256);

  public Storage {
    Records.check(
        Storage.class,
        databaseUrl,
        databaseUser,
        databasePassword,
        schema,
        databasePoolSize,
        databaseConnectTimeout,
        partitions);
    if (!SCHEMA.matcher(schema).matches()) {
      throw new SettingException(
          "schema", "must be 1-63 of [a-z0-9_] and not begin with a digit, but is " + schema);
    }
  }

  /** Without what may hold a password. */
  @Override
  public String toString() {
    return "Storage[schema=" + schema + ", partitions=" + partitions + "]";
  }
}
