package io.carillon.bench.rig;

import io.carillon.bench.report.BenchLog;
import io.carillon.clocknode.app.ClockNode;
import io.carillon.clocknode.app.NodeConfig;
import java.nio.file.Path;
import java.util.List;

/** A clock node as a process of its own, whose cost is then apart from that of the master. */
public final class NodeMain {

  private NodeMain() {}

  /**
   * @param arguments id, folder, and address of the master
   */
  public static void main(String[] arguments) throws Exception {
    BenchLog.toStderr();
    ClockNode node =
        new ClockNode(NodeConfig.of(Path.of(arguments[1]), List.of(arguments[2]), arguments[0]));
    Thread orphaned = new Thread(NodeMain::endWithParent, "parent");
    orphaned.setDaemon(true);
    orphaned.start();
    node.start();
    node.termination().join();
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
