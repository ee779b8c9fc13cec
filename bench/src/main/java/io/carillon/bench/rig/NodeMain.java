package io.carillon.bench.rig;

import io.carillon.clocknode.app.ClockNode;
import io.carillon.clocknode.app.NodeConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** A clock node as a process of its own, for scenarios that kill one. */
public final class NodeMain {

  private NodeMain() {}

  /**
   * @param arguments id, folder, and address of the master
   */
  public static void main(String[] arguments) throws Exception {
    BenchLog.toStderr();
    ClockNode node =
        new ClockNode(
            NodeConfig.of(Path.of(arguments[1]), List.of(arguments[2])).withNodeId(arguments[0]));
    Runtime.getRuntime().addShutdownHook(new Thread(() -> drain(node)));
    Thread orphaned = new Thread(NodeMain::endWithParent, "parent");
    orphaned.setDaemon(true);
    orphaned.start();
    node.start();
    node.termination().join();
  }

  private static void drain(ClockNode node) {
    try {
      var unused = node.drainAndStop(Duration.ofSeconds(10));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The harness may be killed too; its nodes must not live on and eat the machine. */
  private static void endWithParent() {
    try {
      while (System.in.read() >= 0) {
        // Nothing is sent; the end of the stream is the end of the parent.
      }
    } catch (java.io.IOException e) {
      // As good as the end.
    }
    Runtime.getRuntime().halt(1);
  }
}
