package io.carillon.bench.rig;

import io.carillon.bench.report.Machine;
import io.carillon.bench.report.Report;
import io.carillon.cli.server.EmbeddedDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Comparator;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A PostgreSQL for one run, in a folder of its own that goes with it. As durable as an installed
 * one: figures of a server that does not sync are of no use. It ends with this JVM, also on Ctrl-C.
 */
public final class BenchPostgres implements AutoCloseable {

  public static final String SCHEMA = "carillon";

  private final EmbeddedDatabase server;
  private final Path folder;
  private final Thread atExit = new Thread(this::stop, "bench-postgres-exit");

  private BenchPostgres(EmbeddedDatabase server, Path folder) {
    this.server = server;
    this.folder = folder;
    Runtime.getRuntime().addShutdownHook(atExit);
  }

  public static BenchPostgres start(Path parent) throws IOException {
    Path folder = Files.createTempDirectory(parent, "carillon-bench-");
    Map<String, String> settings =
        Map.of("shared_buffers", "512MB", "max_wal_size", "2GB", "max_connections", "100");
    return new BenchPostgres(EmbeddedDatabase.start(folder.resolve("data"), 0, settings), folder);
  }

  /** Where the server keeps its data, or a folder on the same disk. */
  public Path folder() {
    return folder;
  }

  /** For command lines, which others can see: without the password. */
  public String address() {
    return server.jdbcUrl();
  }

  /** For JDBC: as the user postgres, with the password. */
  public String jdbcUrl() {
    return server.jdbcUrl() + "&password=" + server.password();
  }

  public String password() {
    return server.password();
  }

  public Path passwordFile() {
    return server.passwordFile();
  }

  /** A connection for the harness, on the master's schema. */
  public Connection connect() throws SQLException {
    return server.connect("&currentSchema=" + SCHEMA);
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

  private void stop() {
    try {
      server.close();
    } catch (IOException e) {
      System.err.println("PostgreSQL did not stop: " + e.getMessage());
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
    try {
      Runtime.getRuntime().removeShutdownHook(atExit);
    } catch (IllegalStateException e) {
      // The JVM ends, and stops it once more, which does nothing.
    }
    try (Stream<Path> rest = Files.walk(folder)) {
      for (Path path : rest.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
