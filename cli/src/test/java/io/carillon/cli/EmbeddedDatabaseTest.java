package io.carillon.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class EmbeddedDatabaseTest {

  @TempDir Path folder;

  private static String ask(EmbeddedDatabase database, String sql) throws SQLException {
    try (Connection connection = DriverManager.getConnection(database.jdbcUrl());
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      rows.next();
      return rows.getString(1);
    }
  }

  private static void tell(EmbeddedDatabase database, String sql) throws SQLException {
    try (Connection connection = DriverManager.getConnection(database.jdbcUrl());
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
