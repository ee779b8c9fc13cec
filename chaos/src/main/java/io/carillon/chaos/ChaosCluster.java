package io.carillon.chaos;

import io.carillon.cli.server.EmbeddedDatabase;
import io.carillon.client.CarillonClient;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Masters, clock nodes and a durable PostgreSQL, each in a process of its own, with a proxy on
 * every edge between them. A process that ends is started again, unless a fault holds it down.
 */
final class ChaosCluster implements AutoCloseable {

  private static final long REVIVE_AFTER_MS = 2_000;

  private final Path folder;
  private final List<FaultyServer> masters = new ArrayList<>();
  private final List<FaultyServer> nodes = new ArrayList<>();
  private final Map<String, ChaosProxy> proxies = new LinkedHashMap<>();
  private final List<Integer> apiPorts = new ArrayList<>();
  private final List<Integer> nodePorts = new ArrayList<>();
  private final Thread supervisor = new Thread(this::supervise, "supervisor");
  private final Thread atExit = new Thread(this::killAll, "chaos-exit");
  private volatile EmbeddedDatabase database;
  private volatile boolean closed;

  private ChaosCluster(Path folder) {
    this.folder = folder;
  }

  /** Starts everything; does not wait until it serves. */
  static ChaosCluster start(Path folder, int masterCount, int nodeCount) throws Exception {
    ChaosCluster cluster = new ChaosCluster(folder);
    Runtime.getRuntime().addShutdownHook(cluster.atExit);
    try {
      cluster.database = EmbeddedDatabase.start(folder.resolve("postgres"), 0);
      for (int i = 1; i <= masterCount; i++) {
        cluster.addMaster("master-" + i);
      }
      for (int i = 1; i <= nodeCount; i++) {
        cluster.nodes.add(cluster.node("node-" + i, "node-" + i));
      }
      for (FaultyServer server : cluster.servers()) {
        server.start();
      }
      cluster.supervisor.setDaemon(true);
      cluster.supervisor.start();
      return cluster;
    } catch (Exception | Error e) {
      cluster.close();
      throw e;
    }
  }

  private void addMaster(String name) throws IOException {
    int api = freePort();
    int node = freePort();
    apiPorts.add(api);
    nodePorts.add(node);
    ChaosProxy store = proxy(name + "->postgres", database.port());
    proxy("client->" + name, api);
    masters.add(
        new FaultyServer(
            name,
            folder,
            List.of(
                "master",
                "--database-url",
                "jdbc:postgresql://" + store.address() + "/postgres",
                "--database-user",
                "postgres",
                "--database-password-file",
                database.passwordFile().toString(),
                "--listen",
                "127.0.0.1:" + api,
                "--node-listen",
                "127.0.0.1:" + node)));
  }

  private FaultyServer node(String name, String id) throws IOException {
    List<String> addresses = new ArrayList<>();
    for (int i = 0; i < masters.size(); i++) {
      String edge = id + "->" + masters.get(i).id();
      ChaosProxy known = proxies.get(edge);
      addresses.add((known != null ? known : proxy(edge, nodePorts.get(i))).address());
    }
    return new FaultyServer(
        name,
        folder,
        List.of(
            "clock-node",
            "--node-id",
            id,
            "--master",
            String.join(",", addresses),
            "--data-dir",
            // A second process under an id has its folder, too: else it is a stranger.
            folder.resolve(id + "-data").toString()));
  }

  private ChaosProxy proxy(String edge, int target) throws IOException {
    ChaosProxy proxy = new ChaosProxy(edge, target);
    proxies.put(edge, proxy);
    return proxy;
  }

  /** A second process under the id of a node; the caller starts and closes it. */
  FaultyServer doubleOf(FaultyServer node) throws IOException {
    return node(node.id() + "-double", node.id());
  }

  List<FaultyServer> masters() {
    return masters;
  }

  List<FaultyServer> nodes() {
    return nodes;
  }

  List<FaultyServer> servers() {
    List<FaultyServer> all = new ArrayList<>(masters);
    all.addAll(nodes);
    return all;
  }

  /** By the names of both ends, as in "node-1->master-2". */
  Map<String, ChaosProxy> proxies() {
    return proxies;
  }

  /** A client that knows all masters, beginning with one of them. */
  CarillonClient client(int first, Duration deadline) {
    CarillonClient.Builder builder = CarillonClient.builder().deadline(deadline);
    for (int i = 0; i < masters.size(); i++) {
      FaultyServer master = masters.get((first + i) % masters.size());
      builder.address(proxies.get("client->" + master.id()).address());
    }
    return builder.build();
  }

  /** For the harness: past the proxies. */
  Connection connect() throws SQLException {
    return database.connect("&currentSchema=carillon&ApplicationName=chaos&connectTimeout=5");
  }

  /** The epoch of the leader, and where it leads. */
  record Leader(long epoch, FaultyServer master) {}

  /**
   * As the fence has it. With a master that does not say where it is reached, the first one that
   * lives.
   */
  Leader leader() throws SQLException, InterruptedException {
    long limit = System.nanoTime() + 30_000_000_000L;
    while (true) {
      try {
        return readLeader();
      } catch (SQLException e) {
        // Another fault has PostgreSQL down.
        if (System.nanoTime() > limit) {
          throw e;
        }
        Thread.sleep(100);
      }
    }
  }

  private Leader readLeader() throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("select epoch, api_address from leader_epoch")) {
      row.next();
      String address = row.getString(2);
      for (int i = 0; i < masters.size(); i++) {
        if (address.endsWith(":" + apiPorts.get(i))) {
          return new Leader(row.getLong(1), masters.get(i));
        }
      }
      FaultyServer alive =
          masters.stream().filter(FaultyServer::isAlive).findFirst().orElse(masters.get(0));
      return new Leader(row.getLong(1), alive);
    }
  }

  private void supervise() {
    try {
      while (!closed) {
        Thread.sleep(REVIVE_AFTER_MS);
        for (FaultyServer server : servers()) {
          if (!closed) {
            server.revive();
          }
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /** Process id of PostgreSQL's first process. */
  long postmaster() throws IOException {
    Path file = database.dataDir().resolve("postmaster.pid");
    return Long.parseLong(Files.readAllLines(file).get(0).strip());
  }

  /**
   * Ends PostgreSQL without a checkpoint and starts it again in its place.
   *
   * @param kill by SIGKILL of its first process; else as {@code pg_ctl -m immediate} does
   */
  void restartDatabase(boolean kill, long downMillis) throws Exception {
    ProcessHandle first = ProcessHandle.of(postmaster()).orElseThrow();
    List<ProcessHandle> sessions = first.descendants().toList();
    if (kill) {
      first.destroyForcibly();
    } else {
      new ProcessBuilder("kill", "-QUIT", Long.toString(first.pid())).start().waitFor();
    }
    first.onExit().get(30, TimeUnit.SECONDS);
    for (ProcessHandle session : sessions) {
      session.onExit().get(30, TimeUnit.SECONDS);
    }
    Thread.sleep(downMillis);
    int port = database.port();
    database.close();
    database = EmbeddedDatabase.start(folder.resolve("postgres"), port);
  }

  /** Ends every fault that a process or an edge can still be under. */
  void heal() throws Exception {
    proxies.values().forEach(ChaosProxy::heal);
    for (FaultyServer server : servers()) {
      server.step(0);
      if (server.isAlive()) {
        server.signal("CONT");
      }
      server.release();
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private void killAll() {
    closed = true;
    servers().forEach(FaultyServer::close);
    if (database != null) {
      try {
        database.close();
      } catch (IOException e) {
        // At the end of the run there is nothing left that could be done about it.
      }
    }
  }

  @Override
  public void close() throws Exception {
    closed = true;
    supervisor.interrupt();
    killAll();
    for (ChaosProxy proxy : proxies.values()) {
      proxy.close();
    }
    try {
      Runtime.getRuntime().removeShutdownHook(atExit);
    } catch (IllegalStateException e) {
      // The JVM is going down: the hook does it.
    }
  }
}
