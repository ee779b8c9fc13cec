package io.carillon.cli.server;

import io.carillon.cli.terminal.ExitCode;
import io.carillon.clocknode.app.ClockNode;
import io.carillon.clocknode.app.NodeConfig;
import io.carillon.clocknode.app.Termination;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** A clock node in this process, and the one place in the command that starts one. */
public final class RunningNode implements ServerCommand.Running {

  private final ClockNode node;
  private final Duration drainTimeout;

  private RunningNode(ClockNode node, Duration drainTimeout) {
    this.node = node;
    this.drainTimeout = drainTimeout;
  }

  /** Starts a node; it connects in the background. */
  public static RunningNode start(NodeConfig config) throws IOException {
    Path folder = DataFolder.writable(Path.of(config.node().dataDir()));
    ClockNode node;
    try {
      node = new ClockNode(config);
    } catch (IOException e) {
      throw DataFolder.unusable(folder, e);
    }
    node.start();
    return new RunningNode(node, config.node().drainTimeout());
  }

  String id() {
    return node.nodeId();
  }

  @Override
  public int awaitEnd() throws InterruptedException {
    try {
      Termination end = node.termination().get();
      return switch (end.outcome()) {
        case DRAINED, CLOSED -> ExitCode.OK;
        // Its partitions go to others all the same, a little later.
        case DRAIN_TIMED_OUT, FAILED -> ExitCode.OTHER;
        case FENCED, ID_TAKEN, FOREIGN_CLUSTER -> ExitCode.CONFLICT;
      };
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Why it ended; null while it runs. */
  Termination end() {
    return node.termination().getNow(null);
  }

  /** Completes as it ends, whatever the reason. */
  CompletableFuture<Termination> ended() {
    return node.termination();
  }

  @Override
  public void close() throws InterruptedException {
    if (!node.termination().isDone()) {
      var unused = node.drainAndStop(drainTimeout);
    }
  }

  /**
   * Ends it without draining: for when the master is stopped as well, and nobody could take over.
   */
  public void abandon() {
    node.close();
  }
}
