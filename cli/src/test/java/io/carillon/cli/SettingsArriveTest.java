package io.carillon.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.LoggerContext;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.carillon.cli.server.ClockNodeCommand;
import io.carillon.cli.server.EmbeddedDatabase;
import io.carillon.cli.server.MasterServerCommand;
import io.carillon.cli.server.RunningMaster;
import io.carillon.cli.server.RunningNode;
import io.carillon.cli.server.ServerKind;
import io.carillon.cli.server.SettingSpec;
import io.carillon.cli.server.Settings;
import io.carillon.cli.server.SettingsTest;
import io.carillon.cli.terminal.ExitCode;
import io.carillon.cli.terminal.Logging;
import io.carillon.clocknode.app.NodeConfig;
import io.carillon.clocknode.core.NodeLimits;
import io.carillon.common.config.Development;
import io.carillon.common.config.Listen;
import io.carillon.common.config.Logs;
import io.carillon.master.app.MasterConfig;
import io.carillon.master.core.CoreSettings;
import io.carillon.master.store.sql.DatabaseConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** That each setting is found in what acts on it, and that some are seen to act from outside. */
@Tag("cluster")
@Timeout(120)
public class SettingsArriveTest {

  @TempDir static Path folder;
  private static EmbeddedDatabase database;

  @BeforeAll
  static void start() throws IOException {
    database = EmbeddedDatabase.start(folder.resolve("postgres"), 0);
  }

  @AfterAll
  static void stop() throws IOException {
    database.close();
  }

  /** All settings of a server, none as it is by default. */
  private static Settings others(ServerKind kind) throws IOException {
    return Settings.load(
        kind,
        kind.settings().stream()
            .collect(Collectors.toMap(SettingSpec::key, spec -> SettingsTest.other(spec, 1))),
        Map.of());
  }

  private static void assertActing(Settings settings, Map<String, Object> acting) {
    Map<String, Object> given = new HashMap<>();
    settings.effective().forEach(one -> given.put(one.spec().key(), one.value()));
    assertEquals(given, acting);
  }

  private static Duration micros(long micros) {
    return Duration.of(micros, ChronoUnit.MICROS);
  }

  private static void logs(Map<String, Object> acting, Logs logs) {
    acting.put("log-format", logs.logFormat());
    acting.put("log-level", logs.logLevel());
  }

  private static void listen(Map<String, Object> acting, Listen listen) {
    acting.put("listen", listen.listen());
    acting.put("node-listen", listen.nodeListen());
    acting.put("advertise", listen.advertise());
    acting.put("node-advertise", listen.nodeAdvertise());
  }

  @Test
  void those_of_a_master_reach_its_store_its_core_its_election_and_its_ports() throws IOException {
    Settings settings = others(ServerKind.MASTER);
    MasterConfig config = MasterServerCommand.config(settings);
    Map<String, Object> acting = new HashMap<>();
    DatabaseConfig store = config.database();
    acting.put("database-url", store.url());
    acting.put("database-user", store.user());
    acting.put("database-password", store.password());
    acting.put("schema", store.schema());
    acting.put("database-pool-size", store.poolSize());
    acting.put("database-connect-timeout", store.connectTimeout());
    acting.put("partitions", config.partitions());
    CoreSettings core = config.core();
    acting.put("heartbeat-interval", micros(core.heartbeatInterval()));
    acting.put("session-timeout", micros(core.sessionTimeout()));
    acting.put("loss-grace", micros(core.lossGrace()));
    acting.put("start-grace", micros(core.startGrace()));
    acting.put("join-delay", micros(core.joinDelay()));
    acting.put("release-timeout", micros(core.releaseTimeout()));
    acting.put("moves-at-once", core.movesAtOnce());
    acting.put("clock-bound", micros(core.clockBound()));
    acting.put("first-hold", micros(core.firstHold()));
    acting.put("longest-hold", micros(core.longestHold()));
    acting.put("warm-standby", core.warmStandby());
    acting.put("commit-max-events", core.maxCommitEvents());
    acting.put("lease-ttl", micros(config.election().ttl()));
    listen(acting, config.listen());
    logs(acting, settings.get(Logs.class));
    assertActing(settings, acting);
  }

  @Test
  void those_of_a_clock_node_reach_its_link_and_its_core() throws IOException {
    Settings settings = others(ServerKind.CLOCK_NODE);
    NodeConfig config = ClockNodeCommand.config(settings);
    NodeLimits limits = NodeLimits.of(config.ticking());
    Map<String, Object> acting = new HashMap<>();
    acting.put("master", config.node().master());
    acting.put("data-dir", config.node().dataDir());
    acting.put("node-id", config.node().nodeId());
    acting.put("weight", config.node().weight());
    acting.put("drain-timeout", config.node().drainTimeout());
    acting.put("tick-spacing", micros(limits.spacingMicros()));
    acting.put("events-per-partition-step", limits.eventsPerPartition());
    acting.put("events-per-batch", limits.eventsPerBatch());
    acting.put("pending-batches", limits.pendingBatches());
    acting.put("pending-events", limits.pendingEvents());
    logs(acting, settings.get(Logs.class));
    assertActing(settings, acting);
  }

  @Test
  void those_of_dev_reach_its_parts() throws IOException {
    Settings settings = others(ServerKind.DEV);
    Development dev = settings.get(Development.class);
    Map<String, Object> acting = new HashMap<>();
    acting.put("nodes", dev.nodes());
    acting.put("data-dir", dev.dataDir());
    acting.put("postgres-port", dev.postgresPort());
    listen(acting, settings.get(Listen.class));
    logs(acting, settings.get(Logs.class));
    assertActing(settings, acting);
  }

  @Test
  void the_log_is_as_loud_as_is_set() {
    Logging.configure(new Logs(Logs.Format.JSON, Logs.Level.ERROR));
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    assertEquals("ERROR", context.getLogger("ROOT").getLevel().toString());
    Logging.configure(Logs.DEFAULTS);
    assertEquals("INFO", context.getLogger("ROOT").getLevel().toString());
  }

  private static RunningMaster master(String schema, String... more) throws IOException {
    Map<String, String> options = new HashMap<>();
    options.put("database-url", database.jdbcUrl());
    options.put("database-user", "postgres");
    options.put("database-password", database.password());
    options.put("schema", schema);
    for (int i = 0; i < more.length; i += 2) {
      options.put(more[i], more[i + 1]);
    }
    return RunningMaster.start(
        MasterServerCommand.config(Settings.load(ServerKind.MASTER, options, Map.of())));
  }

  private static JsonObject status(String server) {
    FakeMaster.Outcome outcome =
        FakeMaster.runWith("", Map.of(), "cluster", "status", "-o", "json", "--server", server);
    assertEquals(0, outcome.exit(), outcome.err());
    return JsonParser.parseString(outcome.out()).getAsJsonObject();
  }

  private static String stored(String schema, String column) throws SQLException {
    try (Connection connection =
            DriverManager.getConnection(database.jdbcUrl(), "postgres", database.password());
        Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery("select " + column + " from " + schema + ".leader_epoch")) {
      assertTrue(row.next());
      return row.getString(1);
    }
  }

  @Test
  void a_master_leads_under_the_addresses_that_are_advertised_with_as_many_partitions_as_set()
      throws Exception {
    try (RunningMaster master =
        master(
            "advertised",
            "listen",
            "127.0.0.1:0",
            "node-listen",
            "127.0.0.1:0",
            "advertise",
            "master_1:7400",
            "node-advertise",
            "[2001:db8::1]:7401",
            "partitions",
            "3",
            "warm-standby",
            "true",
            "lease-ttl",
            "5s")) {
      JsonObject status = status("127.0.0.1:" + master.apiPort());
      assertEquals("master_1:7400", status.get("leaderAddress").getAsString(), status.toString());
      assertEquals(3, status.get("partitionCount").getAsInt(), status.toString());
      assertEquals("[2001:db8::1]:7401", stored("advertised", "node_address"));
    }
  }

  @Test
  void servers_and_clients_find_each_other_on_ipv6() throws Exception {
    try (RunningMaster leader = master("ipv6", "listen", "[::1]:0", "node-listen", "[::1]:0");
        RunningMaster follower = master("ipv6", "listen", "[::1]:0", "node-listen", "[::1]:0")) {
      String server = "[::1]:" + follower.apiPort();
      assertEquals("[::1]:" + leader.apiPort(), status(server).get("leaderAddress").getAsString());
      NodeConfig config =
          ClockNodeCommand.config(
              Settings.load(
                  ServerKind.CLOCK_NODE,
                  // The follower tells where the leader is.
                  Map.of(
                      "master",
                      "[::1]:" + follower.nodePort(),
                      "data-dir",
                      folder.resolve("node").toString(),
                      "node-id",
                      "six"),
                  Map.of()));
      RunningNode node = RunningNode.start(config);
      try {
        while (!nodes(server).contains("six")) {
          LockSupport.parkNanos(20_000_000);
        }
        // Passed on by the follower.
        FakeMaster.Outcome created =
            FakeMaster.runWith(
                "", Map.of(), "schedule", "create", "s", "--every", "1h", "--server", server);
        assertEquals(0, created.exit(), created.err());
      } finally {
        node.abandon();
      }
    }
  }

  private static String nodes(String server) {
    FakeMaster.Outcome outcome =
        FakeMaster.runWith("", Map.of(), "cluster", "nodes", "--server", server);
    return outcome.out();
  }

  @Test
  void a_name_with_an_underscore_is_looked_up_like_any_other() {
    for (String command : List.of("cluster status", "schedule list")) {
      FakeMaster.Outcome outcome =
          FakeMaster.runWith(
              "", Map.of("CARILLON_SERVER", "no_such_host.invalid:7400"), command.split(" "));
      assertEquals(ExitCode.UNAVAILABLE, outcome.exit(), outcome.err());
      assertTrue(outcome.err().contains("unknown host no_such_host.invalid"), outcome.err());
    }
  }
}
