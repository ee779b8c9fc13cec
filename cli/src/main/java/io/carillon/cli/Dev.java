package io.carillon.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** A whole Carillon in this process. What was started last is stopped first. */
final class Dev implements ServerCommand.Running {

  private static final String SCHEMA = "carillon";

  /** What the options of {@code dev} say. */
  record Settings(
      Path dataDir, int nodes, ListenAddress listen, ListenAddress nodeListen, int postgresPort) {}

  private final Settings settings;
  private final Deque<AutoCloseable> started = new ArrayDeque<>();
  private final List<KeptNode> nodes = new ArrayList<>();
  private EmbeddedDatabase database;
  private RunningMaster master;

  private Dev(Settings settings) {
    this.settings = settings;
  }

  static Dev start(Settings settings) throws Exception {
    Dev dev = new Dev(settings);
    try {
      dev.startAll();
    } catch (Exception e) {
      dev.close();
      throw e;
    }
    return dev;
  }

  private void startAll() throws Exception {
    try {
      database =
          EmbeddedDatabase.start(settings.dataDir().resolve("postgres"), settings.postgresPort());
    } catch (IOException e) {
      throw new StartException(e.getMessage(), ExitCode.OTHER, e);
    }
    started.push(database);
    master =
        RunningMaster.start(
            RunningMaster.Settings.alone(
                new DatabaseTarget(database.jdbcUrl(), "postgres", null),
                SCHEMA,
                settings.listen(),
                settings.nodeListen()));
    started.push(master);
    String address = ListenAddress.reach(settings.nodeListen(), master.nodePort());
    for (int i = 1; i <= settings.nodes(); i++) {
      Path folder = settings.dataDir().resolve("node-" + i);
      KeptNode node =
          new KeptNode(
              () -> RunningNode.start(folder, List.of(address), null, null, Duration.ofSeconds(5)));
      nodes.add(node);
      // Not drained: nobody is left to hand over to, and the master is next.
      started.push(node);
    }
  }

  void describe(PrintWriter talk) {
    talk.println();
    talk.println("Carillon is running.");
    talk.println("  API          " + ListenAddress.reach(settings.listen(), master.apiPort()));
    talk.println("  Clock nodes  " + ListenAddress.reach(settings.nodeListen(), master.nodePort()));
    for (KeptNode node : nodes) {
      talk.println("               " + node.id() + " (in this process)");
    }
    talk.println("  PostgreSQL   " + database.jdbcUrl() + " (schema " + SCHEMA + ")");
    talk.println("  Data         " + settings.dataDir().toAbsolutePath().normalize());
    talk.println("Try: carillon schedule create hello --every 1s && carillon subscribe");
    talk.println("Ctrl-C stops it; the data stays.");
    talk.flush();
  }

  @Override
  public int awaitEnd() throws InterruptedException {
    return master.awaitEnd();
  }

  @Override
  public synchronized void close() throws Exception {
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
