package io.carillon.cli.server;

import io.carillon.cli.terminal.ExitCode;
import io.carillon.cli.terminal.StartException;
import io.carillon.clocknode.app.NodeConfig;
import io.carillon.common.config.Development;
import io.carillon.common.config.Listen;
import io.carillon.common.config.Records;
import io.carillon.master.app.MasterConfig;
import io.carillon.master.store.sql.DatabaseConfig;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** A whole Carillon in this process. What was started last is stopped first. */
final class Dev implements ServerCommand.Running {

  private static final String SCHEMA = "carillon";

  private final Development settings;
  private final Path folder;
  private final Listen listen;
  private final Deque<AutoCloseable> started = new ArrayDeque<>();
  private final List<KeptNode> nodes = new ArrayList<>();
  private EmbeddedDatabase database;
  private RunningMaster master;
  private boolean closed;

  Dev(Development settings, Listen listen) {
    this.settings = settings;
    this.folder = Path.of(settings.dataDir());
    this.listen = listen;
  }

  /**
   * Starts all of it, a part at a time: when it is closed meanwhile, the part under way is waited
   * for and stopped with the others, and no more are begun.
   *
   * @throws InterruptedException if it was closed meanwhile
   */
  void start() throws Exception {
    try {
      startDatabase();
      startMaster();
      for (int i = 1; i <= settings.nodes(); i++) {
        startNode(i);
      }
    } catch (Exception e) {
      close();
      throw e;
    }
  }

  private synchronized void startDatabase() throws InterruptedException {
    checkOpen();
    try {
      database = EmbeddedDatabase.start(folder.resolve("postgres"), settings.postgresPort());
    } catch (IOException e) {
      throw new StartException(e.getMessage(), ExitCode.OTHER, e);
    }
    started.push(database);
  }

  private synchronized void startMaster() throws InterruptedException {
    checkOpen();
    DatabaseConfig target =
        Records.with(
            DatabaseConfig.of(database.jdbcUrl(), "postgres", database.password()),
            "schema",
            SCHEMA);
    master = RunningMaster.start(Records.with(MasterConfig.of(target), "listen", listen));
    started.push(master);
  }

  private synchronized void startNode(int number) throws Exception {
    checkOpen();
    String address = ListenAddress.reach(listen.nodeListen(), master.nodePort()).toString();
    NodeConfig config = NodeConfig.of(folder.resolve("node-" + number), List.of(address));
    KeptNode node = new KeptNode(() -> RunningNode.start(config));
    nodes.add(node);
    // Not drained: nobody is left to hand over to, and the master is next.
    started.push(node);
  }

  private void checkOpen() throws InterruptedException {
    if (closed) {
      throw new InterruptedException("stopped while it was starting");
    }
  }

  /**
   * @param command as what the user knows the program
   */
  void describe(PrintWriter talk, String command) {
    talk.println();
    talk.println("Carillon is running.");
    talk.println("  API          " + ListenAddress.reach(listen.listen(), master.apiPort()));
    talk.println("  Clock nodes  " + ListenAddress.reach(listen.nodeListen(), master.nodePort()));
    for (KeptNode node : nodes) {
      talk.println("               " + node.id() + " (in this process)");
    }
    talk.println("  PostgreSQL   " + database.jdbcUrl() + " (schema " + SCHEMA + ")");
    talk.println("               its password is in " + database.passwordFile());
    talk.println("  Data         " + folder.toAbsolutePath().normalize());
    talk.println(
        "Try: " + command + " schedule create hello --every 1s && " + command + " subscribe");
    talk.println("Ctrl-C stops it; the data stays.");
    talk.flush();
  }

  @Override
  public int awaitEnd() throws InterruptedException {
    return master.awaitEnd();
  }

  @Override
  public synchronized void close() throws Exception {
    closed = true;
    Exception first = null;
    while (!started.isEmpty()) {
      try {
        started.pop().close();
      } catch (Exception e) {
        if (first == null) {
          first = e;
        } else {
          first.addSuppressed(e);
        }
      }
    }
    if (first != null) {
      throw first;
    }
  }
}
