package io.carillon.bench.rig;

import com.sun.management.OperatingSystemMXBean;
import io.carillon.bench.report.ProgressLog;
import io.carillon.client.CarillonClient;
import io.carillon.common.config.Listen;
import io.carillon.common.config.Records;
import io.carillon.master.app.MasterConfig;
import io.carillon.master.app.MasterServer;
import io.carillon.master.store.sql.DatabaseConfig;
import io.carillon.v1.ListNodesRequest;
import io.carillon.v1.Node;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A cluster of real parts on loopback: PostgreSQL in processes of its own, the master in this one,
 * clock nodes here or in processes of their own, and a client. It stands for one run.
 */
public final class Rig implements AutoCloseable {

  private static final Duration READY_LIMIT = Duration.ofSeconds(30);

  private final RigOptions options;
  private final BenchPostgres postgres;
  private final MasterServer master;
  private final CarillonClient client;
  private final List<BenchNode> nodes = new ArrayList<>();

  private Rig(RigOptions options, BenchPostgres postgres) throws IOException {
    this.options = options;
    this.postgres = postgres;
    DatabaseConfig database =
        Records.with(
            DatabaseConfig.of(postgres.address(), "postgres", postgres.password()),
            "schema",
            BenchPostgres.SCHEMA);
    this.master =
        MasterServer.start(
            Records.with(
                MasterConfig.of(database),
                Map.of("listen", Listen.ANYWHERE, "partitions", options.partitions())));
    this.client =
        CarillonClient.builder()
            .address("127.0.0.1:" + master.port())
            .deadline(Duration.ofSeconds(60))
            // What the harness does with answers never waits.
            .executor(Runnable::run)
            .build();
  }

  /** Answers when every partition has an owner. */
  public static Rig start(RigOptions options, ProgressLog progress) throws Exception {
    progress.say("starting PostgreSQL in %s", options.folder());
    BenchPostgres postgres = BenchPostgres.start(options.folder());
    Rig rig;
    try {
      rig = new Rig(options, postgres);
    } catch (IOException | RuntimeException e) {
      postgres.close();
      throw e;
    }
    try {
      for (int i = 0; i < options.nodes(); i++) {
        rig.nodes.add(rig.startNode("bench-" + i));
      }
      rig.awaitOwners();
      progress.say(
          "master on port %d, %d clock nodes own %d partitions",
          rig.master.port(), options.nodes(), options.partitions());
      return rig;
    } catch (Exception e) {
      rig.close();
      throw e;
    }
  }

  private BenchNode startNode(String id) throws IOException {
    Path folder = Files.createDirectories(postgres.folder().resolve(id));
    return BenchNode.start(options.processes(), id, folder, "127.0.0.1:" + master.nodePort());
  }

  /** Waits until every partition belongs to one of the nodes, and every node has some. */
  private void awaitOwners() throws SQLException, InterruptedException {
    long deadline = System.nanoTime() + READY_LIMIT.toNanos();
    try (Connection connection = postgres.connect();
        Statement statement = connection.createStatement()) {
      while (true) {
        try (ResultSet result =
            statement.executeQuery(
                "select count(*) filter (where node_id is null), count(distinct node_id)"
                    + " from partition_state")) {
          result.next();
          if (result.getInt(1) == 0 && result.getInt(2) == nodes.size()) {
            return;
          }
        }
        if (System.nanoTime() > deadline) {
          throw new IllegalStateException(
              "after " + READY_LIMIT.toSeconds() + " s not every partition has an owner");
        }
        Thread.sleep(20);
      }
    }
  }

  public BenchPostgres postgres() {
    return postgres;
  }

  public CarillonClient client() {
    return client;
  }

  public List<BenchNode> nodes() {
    return List.copyOf(nodes);
  }

  /** How many schedules the clock nodes say they hold, together. */
  public long schedulesOnNodes() {
    return client.cluster().listNodes(ListNodesRequest.getDefaultInstance()).getNodesList().stream()
        .mapToLong(Node::getScheduleCount)
        .sum();
  }

  /** CPU time so far of this process, of nodes that have their own, and of PostgreSQL. */
  public CpuTime cpuTime() throws IOException {
    OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    Duration java = Duration.ofNanos(system.getProcessCpuTime());
    for (BenchNode node : nodes) {
      java = java.plus(node.cpuTime());
    }
    return new CpuTime(java, postgres.cpuTime());
  }

  /** CPU time of the JVMs, harness included, and of PostgreSQL. */
  public record CpuTime(Duration java, Duration postgres) {
    public CpuTime since(CpuTime earlier) {
      return new CpuTime(java.minus(earlier.java), postgres.minus(earlier.postgres));
    }
  }

  /** From here on nothing ticks; what was pushed is still recorded. */
  public void killNodes() {
    nodes.forEach(BenchNode::close);
    nodes.clear();
  }

  @Override
  public void close() throws IOException {
    killNodes();
    client.close();
    master.close();
    postgres.close();
  }
}
