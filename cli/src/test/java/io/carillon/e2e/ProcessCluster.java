package io.carillon.e2e;

import io.carillon.cli.server.EmbeddedDatabase;
import io.carillon.client.CarillonClient;
import io.carillon.transport.Channels;
import io.carillon.v1.Cluster;
import io.carillon.v1.GetClusterRequest;
import io.carillon.v1.ListPartitionsRequest;
import io.carillon.v1.Partition;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthGrpc;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.ToIntFunction;

/**
 * A cluster of separate processes, as an operator runs it: the command's {@code master} and {@code
 * clock-node}, on a real and durable PostgreSQL, over real sockets.
 */
final class ProcessCluster implements AutoCloseable {

  private static final Duration LIMIT = Duration.ofSeconds(120);

  private final Path folder;
  private final JavaProcesses processes;
  private EmbeddedDatabase database;
  private final Map<String, MasterPorts> ports = new TreeMap<>();
  private final Map<String, Process> masters = new TreeMap<>();
  private final Map<String, Process> nodes = new TreeMap<>();
  private CarillonClient client;

  /** Where a master listens, whether it runs or not. */
  private record MasterPorts(int api, int nodes) {}

  private ProcessCluster(Path folder, int masterCount) throws IOException {
    this.folder = folder;
    this.processes = new JavaProcesses(folder);
    this.database = EmbeddedDatabase.start(folder.resolve("postgres"), 0);
    for (int i = 1; i <= masterCount; i++) {
      ports.put("master-" + i, new MasterPorts(freePort(), freePort()));
    }
  }

  /**
   * Starts PostgreSQL, a master and this many nodes, and waits until every partition has an owner.
   */
  static ProcessCluster start(Path folder, int nodeCount) throws Exception {
    return start(folder, 1, nodeCount);
  }

  /** The same with several masters; clients and nodes know all of them. */
  static ProcessCluster start(Path folder, int masterCount, int nodeCount) throws Exception {
    ProcessCluster cluster = new ProcessCluster(folder, masterCount);
    try {
      for (String master : cluster.ports.keySet()) {
        cluster.launchMaster(master);
      }
      for (String master : cluster.ports.keySet()) {
        cluster.awaitServing(master);
      }
      for (int i = 1; i <= nodeCount; i++) {
        cluster.startNode("node-" + i);
      }
      if (nodeCount > 0) {
        cluster.awaitBalanced(nodeCount);
      }
      return cluster;
    } catch (Exception | Error e) {
      cluster.close();
      throw e;
    }
  }

  /** The only master. */
  void startMaster() throws IOException {
    startMaster("master-1");
  }

  void startMaster(String name) throws IOException {
    launchMaster(name);
    awaitServing(name);
  }

  private void launchMaster(String name) throws IOException {
    MasterPorts at = ports.get(name);
    masters.put(
        name,
        processes.start(
            name,
            "master",
            "--database-url",
            database.jdbcUrl(),
            "--database-user",
            "postgres",
            "--database-password-file",
            database.passwordFile().toString(),
            "--listen",
            "127.0.0.1:" + at.api(),
            "--node-listen",
            "127.0.0.1:" + at.nodes()));
    if (client == null) {
      client =
          CarillonClient.builder()
              .addresses(addresses(MasterPorts::api))
              .deadline(Duration.ofSeconds(20))
              .build();
    }
  }

  private void awaitServing(String master) {
    await(master + " answers", () -> isServing(ports.get(master)));
  }

  private static boolean isServing(MasterPorts at) {
    ManagedChannel channel = Channels.to("127.0.0.1:" + at.api()).build();
    try {
      return HealthGrpc.newBlockingStub(channel)
              .check(HealthCheckRequest.getDefaultInstance())
              .getStatus()
          == HealthCheckResponse.ServingStatus.SERVING;
    } finally {
      channel.shutdownNow();
    }
  }

  private List<String> addresses(ToIntFunction<MasterPorts> port) {
    return ports.values().stream().map(at -> "127.0.0.1:" + port.applyAsInt(at)).toList();
  }

  /** The master that leads, by the lease; of a leader that died just now it is still that one. */
  String leader() {
    String address = cluster().getLeaderAddress();
    for (Map.Entry<String, MasterPorts> master : ports.entrySet()) {
      if (address.endsWith(":" + master.getValue().api())) {
        return master.getKey();
      }
    }
    throw new AssertionError("nobody's address: " + address + logs());
  }

  /** Waits until a master leads under a later epoch than this one. */
  void awaitLeaderAfter(long epoch) {
    await("a master leads after epoch " + epoch, () -> cluster().getLeaderEpoch() > epoch);
  }

  void startNode(String id) throws IOException {
    nodes.put(
        id,
        processes.start(
            id,
            "clock-node",
            "--node-id",
            id,
            "--master",
            String.join(",", addresses(MasterPorts::nodes)),
            "--data-dir",
            folder.resolve(id).toString()));
  }

  /** Starts another process under the id of one that runs; answers the one that ran before. */
  Process startTwin(String id) throws IOException {
    Process older = nodes.get(id);
    startNode(id);
    return older;
  }

  /** Waits for the end of a process; answers its exit code. */
  int awaitExit(Process process) throws InterruptedException {
    if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new AssertionError("a process does not end" + logs());
    }
    return process.exitValue();
  }

  CarillonClient client() {
    return client;
  }

  Connection connection() throws SQLException {
    return database.connect("&currentSchema=carillon");
  }

  /** Bytes of live objects in the master's heap, after a full collection. */
  long masterHeap() throws Exception {
    return JavaProcesses.liveBytes(masters.get("master-1"));
  }

  /** kill -9. */
  void kill(String node) throws InterruptedException {
    nodes.remove(node).destroyForcibly().waitFor();
  }

  /** SIGSTOP: the process is there, and does nothing. */
  void pause(String node) throws Exception {
    JavaProcesses.signal("-STOP", nodes.get(node));
  }

  /** SIGCONT. */
  void unpause(String node) throws Exception {
    JavaProcesses.signal("-CONT", nodes.get(node));
  }

  void pauseMaster(String name) throws Exception {
    JavaProcesses.signal("-STOP", masters.get(name));
  }

  void unpauseMaster(String name) throws Exception {
    JavaProcesses.signal("-CONT", masters.get(name));
  }

  /** kill -9. */
  void killMaster(String name) throws InterruptedException {
    masters.remove(name).destroyForcibly().waitFor();
  }

  /** kill -9 of PostgreSQL, as when its machine fails. */
  void killDatabase() throws Exception {
    String pid = Files.readAllLines(database.dataDir().resolve("postmaster.pid")).get(0);
    ProcessHandle postmaster = ProcessHandle.of(Long.parseLong(pid.strip())).orElseThrow();
    postmaster.destroyForcibly();
    postmaster.onExit().get(LIMIT.toSeconds(), TimeUnit.SECONDS);
  }

  /**
   * Ends the sessions of masters with such an application name, whatever they are doing; answers
   * how many.
   *
   * @param name with SQL's {@code %}
   */
  int endSessions(String name) throws SQLException {
    try (Connection connection = connection();
        PreparedStatement end =
            connection.prepareStatement(
                "select count(pg_terminate_backend(pid)) from pg_stat_activity"
                    + " where application_name like ? and pid <> pg_backend_pid()")) {
      end.setString(1, name);
      try (ResultSet ended = end.executeQuery()) {
        ended.next();
        return ended.getInt(1);
      }
    }
  }

  /** Starts PostgreSQL again after {@link #killDatabase}, where it was. */
  void restartDatabase() throws IOException {
    int databasePort = database.port();
    database.close();
    database = EmbeddedDatabase.start(folder.resolve("postgres"), databasePort);
  }

  /** Whether the API's port says SERVING. */
  boolean isServing() {
    return HealthGrpc.newBlockingStub(client.channel())
            .check(HealthCheckRequest.getDefaultInstance())
            .getStatus()
        == HealthCheckResponse.ServingStatus.SERVING;
  }

  /** SIGTERM, and waits for the end; answers the exit code. */
  int terminate(String node) throws InterruptedException {
    return terminate(node, nodes.remove(node));
  }

  /** The same of a master. */
  int terminateMaster(String name) throws InterruptedException {
    return terminate(name, masters.remove(name));
  }

  private int terminate(String name, Process process) throws InterruptedException {
    process.destroy();
    if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
      throw new AssertionError(name + " does not stop on SIGTERM" + logs());
    }
    return process.exitValue();
  }

  Cluster cluster() {
    return client.cluster().getCluster(GetClusterRequest.getDefaultInstance());
  }

  /** Waits until so many nodes are active and share all partitions about evenly. */
  void awaitBalanced(int nodeCount) {
    await(
        nodeCount + " nodes share all partitions",
        () -> {
          Map<String, Integer> owned = new TreeMap<>();
          for (Partition partition :
              client
                  .cluster()
                  .listPartitions(ListPartitionsRequest.getDefaultInstance())
                  .getPartitionsList()) {
            owned.merge(partition.getOwner(), 1, Integer::sum);
          }
          int fair = 256 / nodeCount;
          return cluster().getActiveNodeCount() == nodeCount
              && owned.size() == nodeCount
              && !owned.containsKey("")
              && owned.values().stream().allMatch(n -> n >= fair / 2);
        });
  }

  /** Waits until the ledger is complete up to this nominal time. */
  void awaitWatermark(long micros) {
    await(
        "every watermark has passed " + micros,
        () -> {
          for (Partition partition :
              client
                  .cluster()
                  .listPartitions(ListPartitionsRequest.getDefaultInstance())
                  .getPartitionsList()) {
            if (partition.getWatermark().getSeconds() * 1_000_000
                    + partition.getWatermark().getNanos() / 1_000
                < micros) {
              return false;
            }
          }
          return true;
        });
  }

  /** Waits for a condition; that the cluster does not answer just now counts as not yet. */
  void await(String what, BooleanSupplier condition) {
    long end = System.nanoTime() + LIMIT.toNanos();
    String trouble = "";
    while (true) {
      try {
        if (condition.getAsBoolean()) {
          return;
        }
      } catch (StatusRuntimeException e) {
        if (e.getStatus().getCode() != Status.Code.UNAVAILABLE
            && e.getStatus().getCode() != Status.Code.DEADLINE_EXCEEDED) {
          throw e;
        }
        trouble = "; the last answer was " + e.getStatus();
      }
      if (System.nanoTime() > end) {
        throw new AssertionError("waited in vain until " + what + trouble + logs());
      }
      LockSupport.parkNanos(20_000_000);
    }
  }

  /** The last lines of each process's log, for a failure's message. */
  String logs() {
    return processes.logs();
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  @Override
  public void close() throws Exception {
    if (client != null) {
      client.close();
    }
    for (Process process : nodes.values()) {
      process.destroyForcibly().waitFor();
    }
    for (Process process : masters.values()) {
      process.destroyForcibly().waitFor();
    }
    database.close();
  }
}
