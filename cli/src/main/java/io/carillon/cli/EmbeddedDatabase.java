package io.carillon.cli;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.File;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A PostgreSQL of one's own in a folder: a real server, as durable as an installed one, whose data
 * stays between runs. It listens on loopback only, where the user postgres needs no password.
 *
 * <p>The server is a process of its own and outlives a JVM that is killed. The next start on the
 * folder stops it and recovers, as after a power cut.
 */
public final class EmbeddedDatabase implements AutoCloseable {

  private static final Duration START_LIMIT = Duration.ofSeconds(60);
  private static final Duration STOP_LIMIT = Duration.ofSeconds(30);

  /** Of the library: held by the JVM that runs the server. */
  private static final String LOCK_FILE = "epg-lock";

  private static final String PID_FILE = "postmaster.pid";

  private final EmbeddedPostgres postgres;
  private final Path dataDir;

  private EmbeddedDatabase(EmbeddedPostgres postgres, Path dataDir) {
    this.postgres = postgres;
    this.dataDir = dataDir;
  }

  /**
   * Starts a server on the folder, which is made if it does not exist.
   *
   * @param port 0 for a free one
   * @throws IOException if it does not start; the message says what to do
   */
  public static EmbeddedDatabase start(Path dataDir, int port) throws IOException {
    Path folder = Files.createDirectories(dataDir.toAbsolutePath().normalize());
    stopOrphan(folder);
    EmbeddedPostgres.Builder builder =
        EmbeddedPostgres.builder()
            .setDataDirectory(folder)
            .setCleanDataDirectory(false)
            .setRegisterShutdownHook(false)
            .setOverrideWorkingDirectory(binaries())
            .setPGStartupWait(START_LIMIT)
            .setLocaleConfig("locale", "C")
            // The library's defaults are for throw-away tests: they trade durability for speed.
            .setServerConfig("fsync", "on")
            .setServerConfig("synchronous_commit", "on")
            .setServerConfig("full_page_writes", "on")
            .setServerConfig("shared_buffers", "256MB")
            .setServerConfig("max_wal_size", "2GB")
            .setServerConfig("max_connections", "200");
    if (port != 0) {
      builder.setPort(port);
    }
    try {
      return new EmbeddedDatabase(builder.start(), folder);
    } catch (IOException | RuntimeException e) {
      throw new IOException(
          "PostgreSQL does not start in "
              + folder
              + " ("
              + e.getMessage()
              + "); its own words are in the log above; if the folder holds nothing that you need, delete it",
          e);
    }
  }

  /** Each user has unpacked binaries of his own: one cannot lock or replace those of another. */
  private static File binaries() {
    return Path.of(
            System.getProperty("java.io.tmpdir"),
            "carillon-postgresql-" + System.getProperty("user.name"))
        .toFile();
  }

  /** For JDBC: the user postgres, who needs no password. */
  public String jdbcUrl() {
    return "jdbc:postgresql://127.0.0.1:" + postgres.getPort() + "/postgres?user=postgres";
  }

  public int port() {
    return postgres.getPort();
  }

  public Path dataDir() {
    return dataDir;
  }

  /** Stops the server in order. The data stays. */
  @Override
  public void close() throws IOException {
    postgres.close();
  }

  /** Process id of the server that the folder says runs on it, if it does run. */
  static Optional<ProcessHandle> running(Path folder) throws IOException {
    Path file = folder.resolve(PID_FILE);
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    List<String> lines = Files.readAllLines(file);
    if (lines.isEmpty() || !lines.get(0).strip().matches("\\d{1,10}")) {
      return Optional.empty();
    }
    // The id may have gone to another program since.
    return ProcessHandle.of(Long.parseLong(lines.get(0).strip()))
        .filter(process -> process.info().command().orElse("").endsWith("postgres"));
  }

  private static void stopOrphan(Path folder) throws IOException {
    Path lockFile = folder.resolve(LOCK_FILE);
    if (!Files.exists(lockFile)) {
      return;
    }
    try (FileChannel channel = FileChannel.open(lockFile, StandardOpenOption.WRITE);
        FileLock lock = channel.tryLock()) {
      if (lock == null) {
        throw inUse(folder);
      }
      Optional<ProcessHandle> orphan = running(folder);
      if (orphan.isPresent()) {
        stop(orphan.get());
      }
    } catch (OverlappingFileLockException e) {
      throw inUse(folder);
    }
  }

  private static IOException inUse(Path folder) {
    return new IOException(
        folder + " is in use by another Carillon; stop it, or give another folder with --data-dir");
  }

  /** SIGINT is PostgreSQL's fast shutdown: it ends sessions and writes a checkpoint. */
  private static void stop(ProcessHandle server) throws IOException {
    try {
      Process kill = new ProcessBuilder("kill", "-INT", Long.toString(server.pid())).start();
      kill.waitFor();
      server.onExit().get(STOP_LIMIT.toSeconds(), TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while a PostgreSQL left over was being stopped", e);
    } catch (java.util.concurrent.ExecutionException | java.util.concurrent.TimeoutException e) {
      throw new IOException(
          "a PostgreSQL left over from a run that was killed does not stop; end process "
              + server.pid(),
          e);
    }
  }
}
