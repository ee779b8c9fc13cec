package io.carillon.bench.rig;

import io.carillon.bench.report.Machine;
import io.carillon.bench.report.Report;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Comparator;
import java.util.stream.Stream;

/**
 * A PostgreSQL for one run, in a folder of its own that goes with it. As durable as an installed
 * one: figures of a server that does not sync are of no use. It ends with this JVM, also on Ctrl-C.
 */
public final class BenchPostgres implements AutoCloseable {

  public static final String SCHEMA = "carillon";

  private final EmbeddedPostgres server;
  private final Path folder;

  private BenchPostgres(EmbeddedPostgres server, Path folder) {
    this.server = server;
    this.folder = folder;
  }

  public static BenchPostgres start(Path parent) throws IOException {
    Path folder = Files.createTempDirectory(parent, "carillon-bench-");
    // The binaries unpacked by `carillon dev` of the same user serve here as well.
    Path binaries =
        Path.of(
            System.getProperty("java.io.tmpdir"),
            "carillon-postgresql-" + System.getProperty("user.name"));
    EmbeddedPostgres server =
        EmbeddedPostgres.builder()
            .setDataDirectory(folder.resolve("data"))
            .setCleanDataDirectory(true)
            .setOverrideWorkingDirectory(binaries.toFile())
            .setPGStartupWait(Duration.ofSeconds(60))
            .setLocaleConfig("locale", "C")
            .setServerConfig("fsync", "on")
            .setServerConfig("synchronous_commit", "on")
            .setServerConfig("full_page_writes", "on")
            .setServerConfig("shared_buffers", "512MB")
            .setServerConfig("max_wal_size", "2GB")
            .setServerConfig("max_connections", "100")
            .start();
    return new BenchPostgres(server, folder);
  }

  /** Where the server keeps its data, or a folder on the same disk. */
  public Path folder() {
    return folder;
  }

  /** For JDBC: the user postgres, who needs no password. */
  public String jdbcUrl() {
    return "jdbc:postgresql://127.0.0.1:" + server.getPort() + "/postgres?user=postgres";
  }

  /** A connection for the harness, on the master's schema. */
  public Connection connect() throws SQLException {
    return DriverManager.getConnection(jdbcUrl() + "&currentSchema=" + SCHEMA);
  }

  /** Says what it runs on, and what makes it durable. */
  public void describe(Report report) throws IOException, SQLException {
    try (Connection connection = connect()) {
      report.machine(Machine.describe(folder, connection));
      for (String name :
          new String[] {
            "fsync", "synchronous_commit", "full_page_writes", "shared_buffers", "max_wal_size"
          }) {
        report.setting(name, Machine.show(connection, name));
      }
    }
  }

  /** CPU time of the server and of all its processes, also of sessions that have ended. */
  public Duration cpuTime() throws IOException {
    return ProcessFigures.cpuTimeOfTree(
        Long.parseLong(Files.readAllLines(folder.resolve("data/postmaster.pid")).get(0).strip()));
  }

  @Override
  public void close() throws IOException {
    server.close();
    try (Stream<Path> rest = Files.walk(folder)) {
      for (Path path : rest.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
