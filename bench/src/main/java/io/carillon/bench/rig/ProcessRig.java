package io.carillon.bench.rig;

import io.carillon.bench.report.ProgressLog;
import io.carillon.client.CarillonClient;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A cluster as an operator runs it, on loopback: PostgreSQL, masters and clock nodes, each a
 * process of its own, and a client that knows all masters. It stands for one run; {@link Rig} is
 * the one whose master and nodes are in the harness.
 */
public final class ProcessRig implements AutoCloseable {

  private static final Duration READY_LIMIT = Duration.ofSeconds(60);

  /** Below the range that systems take the ports of outgoing connections from: stays free. */
  private static final int FIRST_PORT = 20_000;

  private static final int LAST_PORT = 32_000;

  /**
   * What the cluster is made of.
   *
   * @param folder where PostgreSQL and the logs get a folder of their own, on the disk to measure
   * @param masterArguments of the command {@code carillon master} beside what it needs to run here
   */
  public record Options(
      int masters,
      int nodes,
      Path folder,
      List<String> masterJvm,
      List<String> nodeJvm,
      List<String> masterArguments) {

    public static Options of(int masters, int nodes) {
      Path folder = Path.of(System.getProperty("java.io.tmpdir"));
      return new Options(
          masters, nodes, folder, List.of("-Xmx512m"), List.of("-Xmx512m"), List.of());
    }

    public Options withFolder(Path newFolder) {
      return new Options(masters, nodes, newFolder, masterJvm, nodeJvm, masterArguments);
    }

    public Options withMasterJvm(String... options) {
      return new Options(masters, nodes, folder, List.of(options), nodeJvm, masterArguments);
    }

    public Options withNodeJvm(String... options) {
      return new Options(masters, nodes, folder, masterJvm, List.of(options), masterArguments);
    }

    public Options withMasterArguments(String... arguments) {
      return new Options(masters, nodes, folder, masterJvm, nodeJvm, List.of(arguments));
    }
  }

  private final BenchPostgres postgres;
  private final boolean ownPostgres;
  private final Path folder;
  private final List<ServerProcess> masters = new ArrayList<>();
  private final List<Integer> apiPorts = new ArrayList<>();
  private final List<Integer> nodePorts = new ArrayList<>();
  private final List<ServerProcess> nodes = new ArrayList<>();
  private final Set<Integer> ports = new HashSet<>();
  private final Thread atExit = new Thread(this::endServers, "rig-exit");
  private CarillonClient client;

  private ProcessRig(BenchPostgres postgres, boolean ownPostgres) throws IOException {
    this.postgres = postgres;
    this.ownPostgres = ownPostgres;
    this.folder = Files.createTempDirectory(postgres.folder(), "servers-");
  }

  /** Answers when every master answers and every partition has an owner. */
  public static ProcessRig start(Options options, ProgressLog progress) throws Exception {
    progress.say("starting PostgreSQL in %s", options.folder());
    return start(new ProcessRig(BenchPostgres.start(options.folder()), true), options, progress);
  }

  /** On a server that others use too, and that outlives it; without Carillon's schema so far. */
  public static ProcessRig startOn(BenchPostgres postgres, Options options, ProgressLog progress)
      throws Exception {
    return start(new ProcessRig(postgres, false), options, progress);
  }

  private static ProcessRig start(ProcessRig rig, Options options, ProgressLog progress)
      throws Exception {
    Runtime.getRuntime().addShutdownHook(rig.atExit);
    try {
      rig.startServers(options);
      progress.say(
          "%d masters, %s leads; %d clock nodes own all partitions",
          options.masters(), rig.leader().id(), options.nodes());
      return rig;
    } catch (Exception | Error e) {
      rig.close();
      throw e;
    }
  }

  private void startServers(Options options) throws Exception {
    CarillonClient.Builder builder = CarillonClient.builder().deadline(Duration.ofSeconds(60));
    for (int i = 1; i <= options.masters(); i++) {
      addMaster("master-" + i, options);
      builder.address("127.0.0.1:" + apiPorts.get(i - 1));
    }
    for (int i = 1; i <= options.nodes(); i++) {
      addNode("node-" + i, options);
    }
    client = builder.build();
    // The first makes the tables and is to lead: a run is then like the one before.
    masters.get(0).start();
    await("the first master answers", () -> answers(apiPorts.get(0)));
    for (ServerProcess server : servers()) {
      server.start();
    }
    awaitServing();
  }

  private void addMaster(String id, Options options) throws IOException {
    int api = freePort();
    int node = freePort();
    apiPorts.add(api);
    nodePorts.add(node);
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "master",
                "--database-url",
                postgres.address(),
                "--database-password-file",
                postgres.passwordFile().toString(),
                "--schema",
                BenchPostgres.SCHEMA,
                "--listen",
                "127.0.0.1:" + api,
                "--node-listen",
                "127.0.0.1:" + node));
    arguments.addAll(options.masterArguments());
    masters.add(new ServerProcess(id, folder, options.masterJvm(), arguments));
  }

  private void addNode(String id, Options options) {
    String addresses =
        nodePorts.stream().map(port -> "127.0.0.1:" + port).collect(Collectors.joining(","));
    nodes.add(
        new ServerProcess(
            id,
            folder,
            options.nodeJvm(),
            List.of(
                "clock-node",
                "--node-id",
                id,
                "--master",
                addresses,
                "--data-dir",
                folder.resolve(id + "-data").toString())));
  }

  /**
   * Waits until all servers that run serve: masters answer, one of them leads, and every partition
   * belongs to one of the nodes, each of which has some.
   *
   * @throws IllegalStateException if they do not in time; the message has the ends of their logs
   */
  public void awaitServing() throws Exception {
    try (Connection connection = postgres.connect()) {
      await("every master answers and every partition has an owner", () -> serves(connection));
    }
  }

  private boolean serves(Connection connection) throws SQLException {
    for (int i = 0; i < masters.size(); i++) {
      if (masters.get(i).isAlive() && !answers(apiPorts.get(i))) {
        return false;
      }
    }
    Set<String> alive =
        nodes.stream()
            .filter(ServerProcess::isAlive)
            .map(ServerProcess::id)
            .collect(Collectors.toSet());
    Set<String> owners = new HashSet<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("select distinct node_id from partition_state")) {
      while (rows.next()) {
        owners.add(rows.getString(1));
      }
    }
    return owners.equals(alive) && leader(connection).isAlive();
  }

  @FunctionalInterface
  private interface Condition {
    boolean holds() throws Exception;
  }

  private void await(String what, Condition condition) throws Exception {
    List<ServerProcess> needed = servers().stream().filter(ServerProcess::isAlive).toList();
    long limit = System.nanoTime() + READY_LIMIT.toNanos();
    while (!condition.holds()) {
      List<ServerProcess> ended = needed.stream().filter(server -> !server.isAlive()).toList();
      if (!ended.isEmpty()) {
        throw new IllegalStateException("ended before " + what + logs(ended));
      }
      if (System.nanoTime() > limit) {
        throw new IllegalStateException(
            "it took more than " + READY_LIMIT.toSeconds() + " s until " + what + logs(needed));
      }
      Thread.sleep(20);
    }
  }

  private static String logs(List<ServerProcess> servers) {
    return servers.stream()
        .map(server -> "\n--- the log of " + server.id() + ":\n" + server.logTail())
        .collect(Collectors.joining());
  }

  private static boolean answers(int port) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  public BenchPostgres postgres() {
    return postgres;
  }

  /** Knows all masters. */
  public CarillonClient client() {
    return client;
  }

  /** Where masters take calls of clients. */
  public List<String> addresses() {
    return apiPorts.stream().map(port -> "127.0.0.1:" + port).toList();
  }

  public List<ServerProcess> masters() {
    return List.copyOf(masters);
  }

  public List<ServerProcess> nodes() {
    return List.copyOf(nodes);
  }

  /** Masters, then nodes. */
  public List<ServerProcess> servers() {
    return Stream.concat(masters.stream(), nodes.stream()).toList();
  }

  /** The master that leads, or led last, as the database has it. */
  public ServerProcess leader() throws SQLException {
    try (Connection connection = postgres.connect()) {
      return leader(connection);
    }
  }

  private ServerProcess leader(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("select api_address from leader_epoch")) {
      row.next();
      String address = row.getString(1);
      for (int i = 0; i < masters.size(); i++) {
        if (address.endsWith(":" + apiPorts.get(i))) {
          return masters.get(i);
        }
      }
      throw new IllegalStateException("a master that is not of this rig leads: " + address);
    }
  }

  /** From here on nothing ticks; what was pushed is still recorded. */
  public void killNodes() throws InterruptedException {
    for (ServerProcess node : nodes) {
      if (node.isAlive()) {
        node.kill();
      }
    }
  }

  private int freePort() throws IOException {
    SplittableRandom random = new SplittableRandom();
    for (int attempt = 0; attempt < 1000; attempt++) {
      int port = random.nextInt(FIRST_PORT, LAST_PORT);
      try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
        if (ports.add(socket.getLocalPort())) {
          return port;
        }
      } catch (IOException e) {
        // Taken: another one.
      }
    }
    throw new IOException("no free port from " + FIRST_PORT + " to " + LAST_PORT);
  }

  private void endServers() {
    servers().forEach(ServerProcess::close);
  }

  @Override
  public void close() throws IOException {
    if (client != null) {
      client.close();
    }
    try {
      for (ServerProcess server : servers()) {
        if (server.isAlive()) {
          server.kill();
        }
      }
      Runtime.getRuntime().removeShutdownHook(atExit);
    } catch (InterruptedException e) {
      endServers();
      Thread.currentThread().interrupt();
    } catch (IllegalStateException e) {
      // The JVM is going down: the hook has ended them.
    }
    if (ownPostgres) {
      postgres.close();
    }
  }
}
