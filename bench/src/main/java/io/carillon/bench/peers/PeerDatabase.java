package io.carillon.bench.peers;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.carillon.bench.rig.BenchPostgres;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;

/** A database on the common server that one peer has to itself; it goes with the peer. */
final class PeerDatabase implements AutoCloseable {

  private static final String NAME = "peer";

  /** As its documents have it, but without the index for priorities: none are used. */
  private static final String DB_SCHEDULER_TABLE =
      """
      create table scheduled_tasks (
        task_name text not null,
        task_instance text not null,
        task_data bytea,
        execution_time timestamptz not null,
        picked boolean not null,
        picked_by text,
        last_success timestamptz,
        last_failure timestamptz,
        consecutive_failures int,
        last_heartbeat timestamptz,
        version bigint not null,
        priority smallint,
        primary key (task_name, task_instance));
      create index on scheduled_tasks (execution_time);
      create index on scheduled_tasks (last_heartbeat);
      """;

  private static final String QUARTZ_TABLES = "/org/quartz/impl/jdbcjobstore/tables_postgres.sql";

  private final BenchPostgres server;

  private PeerDatabase(BenchPostgres server) {
    this.server = server;
  }

  /** An empty one with the tables that the peer's documents give. */
  static PeerDatabase create(BenchPostgres server, Peer.Kind kind)
      throws SQLException, IOException {
    PeerDatabase database = new PeerDatabase(server);
    database.close();
    execute(server.jdbcUrl(), "create database " + NAME);
    switch (kind) {
      case DB_SCHEDULER -> execute(database.jdbcUrl(), DB_SCHEDULER_TABLE);
      case QUARTZ -> execute(database.jdbcUrl(), quartzTables());
      case CARILLON -> throw new IllegalArgumentException("a master makes its tables itself");
    }
    return database;
  }

  private static String quartzTables() throws IOException {
    try (InputStream in = org.quartz.Scheduler.class.getResourceAsStream(QUARTZ_TABLES)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  String jdbcUrl() {
    return server.jdbcUrl().replace("/postgres?", "/" + NAME + "?");
  }

  long count(String table) throws SQLException {
    try (Connection connection = DriverManager.getConnection(jdbcUrl());
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("select count(*) from " + table)) {
      row.next();
      return row.getLong(1);
    }
  }

  /** What creating left behind is not to be paid for while executing. */
  static void settle(String jdbcUrl) throws SQLException {
    execute(jdbcUrl, "vacuum analyze");
    execute(jdbcUrl, "checkpoint");
  }

  private static void execute(String jdbcUrl, String sql) throws SQLException {
    try (Connection connection = DriverManager.getConnection(jdbcUrl);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  @Override
  public void close() throws SQLException {
    execute(server.jdbcUrl(), "drop database if exists " + NAME + " with (force)");
  }

  /** A pool of connections, alike for both peers that have their work in a database. */
  static HikariDataSource pool(String jdbcUrl, int size) {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(jdbcUrl);
    config.setMaximumPoolSize(size);
    config.setMinimumIdle(size);
    return new HikariDataSource(config);
  }

  static String describePool(int size) throws IOException {
    return "HikariCP " + version("com.zaxxer", "HikariCP") + ", " + size + " connections";
  }

  /** As the library's jar says. */
  static String version(String group, String artifact) throws IOException {
    String path = "/META-INF/maven/" + group + "/" + artifact + "/pom.properties";
    try (InputStream in = PeerDatabase.class.getResourceAsStream(path)) {
      if (in == null) {
        return "unknown";
      }
      Properties properties = new Properties();
      properties.load(in);
      return properties.getProperty("version");
    }
  }
}
