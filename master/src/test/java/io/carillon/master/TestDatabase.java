package io.carillon.master;

import io.carillon.common.config.Records;
import io.carillon.master.store.sql.Database;
import io.carillon.master.store.sql.DatabaseConfig;
import io.carillon.master.store.sql.PrivateFiles;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.util.concurrent.atomic.AtomicInteger;
import org.jooq.DSLContext;

/**
 * One PostgreSQL for all tests of a JVM; every caller gets a schema of its own. Not durable (fsync
 * is off), so not for tests of what survives a crash of PostgreSQL.
 */
public final class TestDatabase {

  private static final int PARTITIONS = 16;
  private static final long DAY_MICROS = 86_400_000_000L;
  private static final AtomicInteger schemas = new AtomicInteger();
  private static EmbeddedPostgres server;
  private static String password;

  private TestDatabase() {}

  /** Where a new, empty schema can be made. */
  public static synchronized DatabaseConfig config() {
    if (server == null) {
      try {
        // Others on the machine can neither connect nor replace the programs.
        Path folder = Files.createTempDirectory("carillon-test-");
        Path passwordFile = folder.resolve("password");
        password = PrivateFiles.secret(passwordFile);
        server =
            EmbeddedPostgres.builder()
                .setOverrideWorkingDirectory(
                    PrivateFiles.cache(folder).resolve("postgresql").toFile())
                .setLocaleConfig("auth", "scram-sha-256")
                .setLocaleConfig("pwfile", passwordFile.toString())
                .setConnectConfig("password", password)
                .setServerConfig("unix_socket_directories", "")
                .setServerConfig("max_connections", "200")
                .start();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return Records.with(
        DatabaseConfig.of(server.getJdbcUrl("postgres", "postgres"), "postgres", password),
        "schema",
        "test_" + schemas.incrementAndGet());
  }

  /** A new, migrated schema of {@value #PARTITIONS} partitions. */
  public static Database open() {
    return Database.open(config(), PARTITIONS);
  }

  /** Makes the partition of the log for the day of this nominal time. */
  public static void makeDay(DSLContext sql, long nominalMicros) {
    long from = Math.floorDiv(nominalMicros, DAY_MICROS) * DAY_MICROS;
    // Under the name that a master would look for.
    sql.execute(
        "create table if not exists fire_"
            + LocalDate.ofEpochDay(from / DAY_MICROS).format(DateTimeFormatter.BASIC_ISO_DATE)
            + " partition of fire for values from ("
            + from
            + ") to ("
            + (from + DAY_MICROS)
            + ")");
  }
}
