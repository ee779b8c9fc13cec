package io.carillon.cli.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Tag("cluster")
@Timeout(120)
class EmbeddedDatabaseTest {

  @TempDir Path folder;

  private static String ask(EmbeddedDatabase database, String sql) throws SQLException {
    try (Connection connection = database.connect("");
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      rows.next();
      return rows.getString(1);
    }
  }

  private static void tell(EmbeddedDatabase database, String sql) throws SQLException {
    try (Connection connection = database.connect("");
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  @Test
  void itIsDurableAndKeepsItsDataBetweenStarts() throws Exception {
    try (EmbeddedDatabase database = EmbeddedDatabase.start(folder.resolve("pg"), 0)) {
      for (String setting : List.of("fsync", "synchronous_commit", "full_page_writes")) {
        assertEquals("on", ask(database, "show " + setting));
      }
      assertEquals("256MB", ask(database, "show shared_buffers"));
      assertEquals("UTF8", ask(database, "show server_encoding"));
      tell(database, "create table kept as select 42 as answer");
      IOException second =
          assertThrows(IOException.class, () -> EmbeddedDatabase.start(folder.resolve("pg"), 0));
      assertTrue(second.getMessage().contains("in use"), second.getMessage());
    }
    try (EmbeddedDatabase again = EmbeddedDatabase.start(folder.resolve("pg"), 0)) {
      assertEquals("42", ask(again, "select answer from kept"));
    }
  }

  /** The JVM is killed: its PostgreSQL lives on, and the next start must get rid of it. */
  @Test
  void aServerLeftOverFromAKilledProcessIsReplaced() throws Exception {
    Path data = folder.resolve("pg");
    Process jvm =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Starter.class.getName(),
                data.toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("out").toFile())
            .start();
    while (!Files.exists(data.resolve("ready")) && jvm.isAlive()) {
      Thread.sleep(50);
    }
    assertTrue(Files.exists(data.resolve("ready")), () -> read(folder.resolve("out")));
    jvm.destroyForcibly().waitFor();
    ProcessHandle orphan = EmbeddedDatabase.running(data).orElseThrow();
    try (EmbeddedDatabase database = EmbeddedDatabase.start(data, 0)) {
      assertEquals("7", ask(database, "select answer from kept"));
    }
    orphan.onExit().get(10, TimeUnit.SECONDS);
  }

  /** PostgreSQL itself is killed, and leaves its pid file behind. */
  @Test
  void aStalePidFileIsNoObstacle() throws Exception {
    Path data = folder.resolve("pg");
    EmbeddedDatabase killed = EmbeddedDatabase.start(data, 0);
    tell(killed, "create table kept as select 7 as answer");
    ProcessHandle server = EmbeddedDatabase.running(data).orElseThrow();
    server.destroyForcibly();
    server.onExit().get(10, TimeUnit.SECONDS);
    assertTrue(Files.exists(data.resolve("postmaster.pid")));
    killed.close();
    try (EmbeddedDatabase database = EmbeddedDatabase.start(data, 0)) {
      assertEquals("7", ask(database, "select answer from kept"));
    }
  }

  private static String mode(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  private static void assertRefused(String url, String password) {
    SQLException refused =
        assertThrows(
            SQLException.class,
            () -> DriverManager.getConnection(url, "postgres", password).close());
    // invalid_password, or none given.
    assertTrue(List.of("28P01", "08004").contains(refused.getSQLState()), refused.toString());
  }

  @Test
  void strangersOnTheMachineCannotConnectNorReadNorReplaceAnything() throws Exception {
    Path data = folder.resolve("pg");
    try (EmbeddedDatabase database = EmbeddedDatabase.start(data, 0)) {
      assertRefused(database.jdbcUrl(), null);
      assertRefused(database.jdbcUrl(), "postgres");
      assertEquals("", ask(database, "show unix_socket_directories"));
      assertEquals("localhost", ask(database, "show listen_addresses"));
      assertEquals("rwx------", mode(data));
      assertEquals(folder.resolve("pg.password"), database.passwordFile());
      assertEquals("rw-------", mode(database.passwordFile()));
      assertEquals("rw-------", mode(folder.resolve("pg.log")));
      Path program =
          Path.of(EmbeddedDatabase.running(data).orElseThrow().info().command().orElseThrow());
      Path above = program;
      while (!mode(above).equals("rwx------")) {
        above = above.getParent();
      }
      assertTrue(above.endsWith("carillon") || above.startsWith(folder), above.toString());
    }
  }

  /** As it was left by those who trusted everybody. */
  @Test
  void anOlderFolderIsClosedToStrangersAtItsNextStart() throws Exception {
    Path data = folder.resolve("pg");
    try (EmbeddedDatabase database = EmbeddedDatabase.start(data, 0)) {
      tell(database, "create table kept as select 42 as answer");
      tell(database, "alter role postgres password null");
    }
    Path access = data.resolve("pg_hba.conf");
    Files.writeString(access, Files.readString(access).replace("scram-sha-256", "trust"));
    Files.delete(folder.resolve("pg.password"));
    for (int start = 1; start <= 2; start++) {
      try (EmbeddedDatabase database = EmbeddedDatabase.start(data, 0)) {
        assertEquals("42", ask(database, "select answer from kept"));
        assertRefused(database.jdbcUrl(), "postgres");
      }
    }
  }

  @Test
  void aFolderThatCannotBeUsedIsNamedWithTheReason() throws Exception {
    Path file = Files.createFile(folder.resolve("file"));
    IOException failure =
        assertThrows(IOException.class, () -> EmbeddedDatabase.start(file.resolve("pg"), 0));
    assertEquals(
        "cannot write to the data folder "
            + file
            + " ("
            + file
            + " is no folder); make that"
            + " possible, or give another folder with --data-dir",
        failure.getMessage());
    long all = Files.getFileStore(folder).getTotalSpace() >> 20;
    failure = assertThrows(IOException.class, () -> DataFolder.checkRoom(folder, all + 1));
    assertTrue(
        failure.getMessage().startsWith("no space left on device: " + folder + " has "),
        failure.getMessage());
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return e.toString();
    }
  }

  /** Run in a JVM of its own. */
  static final class Starter {
    public static void main(String[] arguments) throws Exception {
      EmbeddedDatabase database = EmbeddedDatabase.start(Path.of(arguments[0]), 0);
      tell(database, "create table kept as select 7 as answer");
      Files.createFile(Path.of(arguments[0]).resolve("ready"));
      Thread.sleep(60_000);
    }
  }
}
