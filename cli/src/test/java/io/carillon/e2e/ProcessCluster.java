package io.carillon.e2e;

import io.carillon.cli.EmbeddedDatabase;
import io.carillon.client.CarillonClient;
import io.carillon.v1.Cluster;
import io.carillon.v1.GetClusterRequest;
import io.carillon.v1.ListPartitionsRequest;
import io.carillon.v1.Partition;
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
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A cluster of separate processes, as an operator runs it: the command's {@code master} and {@code
 * clock-node}, on a real and durable PostgreSQL, over real sockets.
 */
final class ProcessCluster implements AutoCloseable {

  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final Path folder;
  private EmbeddedDatabase database;
  private final int port = freePort();
  private final int nodePort = freePort();
  private final Map<String, Process> nodes = new TreeMap<>();
  private Process master;
  private CarillonClient client;

  private ProcessCluster(Path folder) throws IOException {
    this.folder = folder;
    this.database = EmbeddedDatabase.start(folder.resolve("postgres"), 0);
  }

  /**
   * Starts PostgreSQL, a master and this many nodes, and waits until every partition has an owner.
   */
  static ProcessCluster start(Path folder, int nodeCount) throws Exception {
    ProcessCluster cluster = new ProcessCluster(folder);
    try {
      cluster.startMaster();
      for (int i = 1; i <= nodeCount; i++) {
        cluster.startNode("node-" + i);
      }
      cluster.awaitBalanced(nodeCount);
      return cluster;
    } catch (Exception | Error e) {
      cluster.close();
      throw e;
    }
  }

  void startMaster() throws IOException {
    master =
        command(
            "master",
            "master",
            "--database-url",
            database.jdbcUrl(),
            "--database-user",
            "postgres",
            "--listen",
            "127.0.0.1:" + port,
            "--node-listen",
            "127.0.0.1:" + nodePort);
    if (client == null) {
      client =
          CarillonClient.builder()
              .address("127.0.0.1:" + port)
              .deadline(Duration.ofSeconds(20))
              .build();
    }
    await("the master answers", this::answers);
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
            "127.0.0.1:" + nodePort,
            "--data-dir",
            folder.resolve(id).toString()));
  }

  private Process command(String log, String... arguments) throws IOException {
    List<String> line = new ArrayList<>();
    line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    line.add("-Xmx512m");
    line.add("-XX:+UseSerialGC");
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
    return DriverManager.getConnection(
        database.jdbcUrl() + "&currentSchema=carillon", "postgres", "");
  }

  /** Bytes of live objects in the master's heap, after a full collection. */
  long masterHeap() throws Exception {
    Process jcmd =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                Long.toString(master.pid()),
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

  void pauseMaster() throws Exception {
    signal("-STOP", master);
  }

  void unpauseMaster() throws Exception {
    signal("-CONT", master);
  }

  private static void signal(String signal, Process process) throws Exception {
    int exit = new ProcessBuilder("kill", signal, Long.toString(process.pid())).start().waitFor();
    if (exit != 0) {
      throw new AssertionError("kill " + signal + " answers " + exit);
    }
  }

  /** kill -9. */
  void killMaster() throws InterruptedException {
    master.destroyForcibly().waitFor();
  }

  /** kill -9 of PostgreSQL, as when its machine fails. */
  void killDatabase() throws Exception {
    String pid = Files.readAllLines(database.dataDir().resolve("postmaster.pid")).get(0);
    ProcessHandle postmaster = ProcessHandle.of(Long.parseLong(pid.strip())).orElseThrow();
    postmaster.destroyForcibly();
    postmaster.onExit().get(LIMIT.toSeconds(), TimeUnit.SECONDS);
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
    Process process = nodes.remove(node);
    process.destroy();
    if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
      throw new AssertionError(node + " does not stop on SIGTERM" + logs());
    }
    return process.exitValue();
  }

  private boolean answers() {
    try {
      return cluster() != null;
    } catch (RuntimeException e) {
      return false;
    }
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

  /** Waits until it is so; while no master leads, it is not. */
  void await(String what, BooleanSupplier condition) {
    long end = System.nanoTime() + LIMIT.toNanos();
    while (!holds(condition)) {
      if (System.nanoTime() > end) {
        throw new AssertionError("waited in vain until " + what + logs());
      }
      LockSupport.parkNanos(20_000_000);
    }
  }

  private static boolean holds(BooleanSupplier condition) {
    try {
      return condition.getAsBoolean();
    } catch (StatusRuntimeException e) {
      if (e.getStatus().getCode() == Status.Code.UNAVAILABLE) {
        return false;
      }
      throw e;
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
    if (master != null) {
      master.destroyForcibly().waitFor();
    }
    database.close();
  }
}
