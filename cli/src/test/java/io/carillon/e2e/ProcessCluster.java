package io.carillon.e2e;

import io.carillon.cli.server.EmbeddedDatabase;
import io.carillon.client.CarillonClient;
import io.carillon.v1.Cluster;
import io.carillon.v1.GetClusterRequest;
import io.carillon.v1.ListPartitionsRequest;
import io.carillon.v1.Partition;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthGrpc;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.ToIntFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A cluster of separate processes, as an operator runs it: the command's {@code master} and {@code
 * clock-node}, on a real and durable PostgreSQL, over real sockets.
 */
final class ProcessCluster implements AutoCloseable {

  private static final Duration LIMIT = Duration.ofSeconds(120);

  private final Path folder;
  private EmbeddedDatabase database;
  private final Map<String, MasterPorts> ports = new TreeMap<>();
  private final Map<String, Process> masters = new TreeMap<>();
  private final Map<String, Process> nodes = new TreeMap<>();
  private CarillonClient client;

  /** Where a master listens, whether it runs or not. */
  private record MasterPorts(int api, int nodes) {}

  private ProcessCluster(Path folder, int masterCount) throws IOException {
    this.folder = folder;
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
        command(
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
    ManagedChannel channel =
        ManagedChannelBuilder.forAddress("127.0.0.1", at.api()).usePlaintext().build();
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
        command(
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

  private Process command(String log, String... arguments) throws IOException {
    List<String> line = new ArrayList<>();
    line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    line.add("-Xmx" + System.getProperty("carillon.e2e.heap", "512m"));
    line.add("-XX:+UseSerialGC");
    // They live for seconds: what C2 would compile is not won back, and it takes the others' time.
    line.add("-XX:TieredStopAtLevel=1");
    line.add("-cp");
    line.add(System.getProperty("java.class.path"));
    line.add("io.carillon.cli.Carillon");
    line.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(line);
    builder.redirectErrorStream(true);
    builder.redirectOutput(ProcessBuilder.Redirect.appendTo(folder.resolve(log + ".log").toFile()));
    return builder.start();
  }

  CarillonClient client() {
    return client;
  }

  Connection connection() throws SQLException {
    return database.connect("&currentSchema=carillon");
  }

  /** Bytes of live objects in the master's heap, after a full collection. */
  long masterHeap() throws Exception {
    Process jcmd =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                Long.toString(masters.get("master-1").pid()),
                "GC.class_histogram")
            .redirectErrorStream(true)
            .start();
    String histogram = new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    jcmd.waitFor();
    Matcher total = Pattern.compile("(?m)^Total\\s+\\d+\\s+(\\d+)").matcher(histogram);
    if (!total.find()) {
      throw new AssertionError("jcmd says: " + histogram);
    }
    return Long.parseLong(total.group(1));
  }

  /** kill -9. */
  void kill(String node) throws InterruptedException {
    nodes.remove(node).destroyForcibly().waitFor();
  }

  /** SIGSTOP: the process is there, and does nothing. */
  void pause(String node) throws Exception {
    signal("-STOP", nodes.get(node));
  }

  /** SIGCONT. */
  void unpause(String node) throws Exception {
    signal("-CONT", nodes.get(node));
  }

  void pauseMaster(String name) throws Exception {
    signal("-STOP", masters.get(name));
  }

  void unpauseMaster(String name) throws Exception {
    signal("-CONT", masters.get(name));
  }

  private static void signal(String signal, Process process) throws Exception {
    int exit = new ProcessBuilder("kill", signal, Long.toString(process.pid())).start().waitFor();
    if (exit != 0) {
      throw new AssertionError("kill " + signal + " answers " + exit);
    }
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
    StringBuilder text = new StringBuilder();
    try (var files = Files.list(folder)) {
      for (Path log : files.filter(file -> file.toString().endsWith(".log")).sorted().toList()) {
        List<String> lines = Files.readAllLines(log);
        text.append("\n--- ").append(log.getFileName()).append('\n');
        text.append(String.join("\n", lines.subList(Math.max(0, lines.size() - 30), lines.size())));
      }
    } catch (IOException e) {
      text.append(e);
    }
    return text.toString();
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
