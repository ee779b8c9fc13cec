package io.carillon.cli.server;

import io.carillon.master.store.sql.PrivateFiles;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A PostgreSQL of one's own in a folder: a real server, as durable as an installed one, whose data
 * stays between runs. It listens on loopback only, has no socket in the file system, and lets in
 * the user postgres with a password that is in a file beside the folder, which only its owner can
 * read. Its programs are where nobody else can change them.
 *
 * <p>The server is a process of its own and outlives a JVM that is killed. The next start on the
 * folder stops it and recovers, as after a power cut.
 */
public final class EmbeddedDatabase implements AutoCloseable {

  private static final String USER = "postgres";
  private static final Duration START_LIMIT = Duration.ofSeconds(60);
  private static final Duration STOP_LIMIT = Duration.ofSeconds(30);

  /** Of the library: held by the JVM that runs the server. */
  private static final String LOCK_FILE = "epg-lock";

  private static final String PID_FILE = "postmaster.pid";
  private static final String ACCESS_FILE = "pg_hba.conf";

  /** Of a new server, its log of writes included. */
  private static final long DATA_MEGABYTES = 100;

  /** Of its programs, unpacked, and some more. */
  private static final long PROGRAM_MEGABYTES = 100;

  private final EmbeddedPostgres postgres;
  private final Path dataDir;
  private final Path passwordFile;
  private final String password;

  private EmbeddedDatabase(
      EmbeddedPostgres postgres, Path dataDir, Path passwordFile, String password) {
    this.postgres = postgres;
    this.dataDir = dataDir;
    this.passwordFile = passwordFile;
    this.password = password;
  }

  /** The same with the settings for {@code dev} and tests. */
  public static EmbeddedDatabase start(Path dataDir, int port) throws IOException {
    return start(
        dataDir,
        port,
        Map.of("shared_buffers", "256MB", "max_wal_size", "2GB", "max_connections", "200"));
  }

  /**
   * Starts a server on the folder, which is made if it does not exist.
   *
   * @param port 0 for a free one
   * @param settings of PostgreSQL, beside those that make it durable
   * @throws IOException if it does not start; the message says what to do
   */
  public static EmbeddedDatabase start(Path dataDir, int port, Map<String, String> settings)
      throws IOException {
    Path folder = dataDir.toAbsolutePath().normalize();
    Path parent = DataFolder.writable(folder.getParent());
    PrivateFiles.folder(folder);
    stopOrphan(folder);
    boolean isNew = !Files.exists(folder.resolve("PG_VERSION"));
    if (isNew) {
      DataFolder.checkRoom(folder, DATA_MEGABYTES);
    }
    Path passwordFile = parent.resolve(folder.getFileName() + ".password");
    String password = PrivateFiles.secret(passwordFile);
    Path log = newLog(parent.resolve(folder.getFileName() + ".log"));
    EmbeddedPostgres.Builder builder =
        EmbeddedPostgres.builder()
            .setDataDirectory(folder)
            .setCleanDataDirectory(false)
            .setRegisterShutdownHook(false)
            .setOverrideWorkingDirectory(programs(parent).toFile())
            .setPGStartupWait(START_LIMIT)
            .setOutputRedirector(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .setErrorRedirector(ProcessBuilder.Redirect.appendTo(log.toFile()))
            // Options of initdb, all of them; the library's own is to trust everybody.
            .setLocaleConfig("locale", "C")
            .setLocaleConfig("auth", "scram-sha-256")
            .setLocaleConfig("pwfile", passwordFile.toString())
            .setConnectConfig("password", password)
            .setServerConfig("unix_socket_directories", "")
            // The library's defaults are for throw-away tests: they trade durability for speed.
            .setServerConfig("fsync", "on")
            .setServerConfig("synchronous_commit", "on")
            .setServerConfig("full_page_writes", "on");
    settings.forEach(builder::setServerConfig);
    if (port != 0) {
      builder.setPort(port);
    }
    try {
      EmbeddedDatabase database =
          new EmbeddedDatabase(builder.start(), folder, passwordFile, password);
      database.demandPassword();
      return database;
    } catch (IOException | RuntimeException | SQLException | ExceptionInInitializerError e) {
      Optional<ProcessHandle> halfStarted = running(folder);
      if (halfStarted.isPresent()) {
        stop(halfStarted.get());
      }
      throw new IOException(
          "PostgreSQL does not start in "
              + folder
              + " ("
              + (e.getCause() instanceof IOException io ? io.getMessage() : e.getMessage())
              + "); its own words are in "
              + log
              + "; if the folder holds nothing that you need, delete it",
          e);
    }
  }

  /**
   * Where its programs are unpacked, once for each user of the machine. The library opens that
   * folder to all; the one around it lets nobody in.
   */
  private static Path programs(Path dataDir) throws IOException {
    Path around = PrivateFiles.cache(dataDir.resolve("postgres-programs"));
    Path programs = around.resolve("postgresql");
    if (!Files.exists(programs)) {
      DataFolder.checkRoom(around, PROGRAM_MEGABYTES);
    }
    return programs;
  }

  /** Empty, and nobody else's to read: statements may be in it. */
  private static Path newLog(Path log) throws IOException {
    Files.deleteIfExists(log);
    Path made = Files.createTempFile(log.getParent(), ".log", "");
    return Files.move(made, log);
  }

  /** Of a folder from before there was a password: everybody was trusted. */
  private void demandPassword() throws IOException, SQLException {
    Path access = dataDir.resolve(ACCESS_FILE);
    List<String> lines = Files.readAllLines(access);
    if (lines.stream().noneMatch(line -> !line.startsWith("#") && line.endsWith("trust"))) {
      return;
    }
    try (Connection connection = connect("");
        Statement statement = connection.createStatement()) {
      statement.execute("alter role " + USER + " password '" + password + "'");
      Files.write(
          access, lines.stream().map(line -> line.replaceAll("trust$", "scram-sha-256")).toList());
      statement.execute("select pg_reload_conf()");
    }
  }

  /** For JDBC, without the password. */
  public String jdbcUrl() {
    return "jdbc:postgresql://127.0.0.1:" + postgres.getPort() + "/postgres?user=" + USER;
  }

  /**
   * A connection of its superuser.
   *
   * @param parameters more of the URL: none, or beginning with "&amp;"
   */
  public Connection connect(String parameters) throws SQLException {
    return DriverManager.getConnection(jdbcUrl() + parameters, USER, password);
  }

  /** Of the user postgres. */
  public String password() {
    return password;
  }

  /** Holds the password in a line; only its owner can read it. */
  public Path passwordFile() {
    return passwordFile;
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
