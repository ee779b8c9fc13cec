package io.carillon.cli.server;

import io.carillon.cli.terminal.ExitCode;
import io.carillon.cli.terminal.UsageException;
import io.carillon.clocknode.app.NodeConfig;
import io.carillon.clocknode.app.Termination;
import io.carillon.common.config.Node;
import io.carillon.common.config.Ticking;
import java.io.IOException;
import picocli.CommandLine.Command;

@Command(
    name = "clock-node",
    description = {
      "Run a clock node, until SIGTERM or Ctrl-C.",
      "It leaves in order then: its partitions are handed over, and no fire is late for it."
    })
public final class ClockNodeCommand extends ServerCommand {

  @Override
  ServerKind kind() {
    return ServerKind.CLOCK_NODE;
  }

  /** How a clock node runs under these settings. */
  public static NodeConfig config(Settings settings) {
    try {
      return new NodeConfig(settings.get(Node.class), settings.get(Ticking.class));
    } catch (IllegalArgumentException e) {
      throw new UsageException("node-id: " + e.getMessage());
    }
  }

  @Override
  Running start(Settings settings) throws IOException {
    NodeConfig config = config(settings);
    RunningNode node = RunningNode.start(config);
    talk().println("clock node " + node.id() + ", master " + String.join(",", config.masters()));
    return new Running() {
      @Override
      public int awaitEnd() throws InterruptedException {
        int exit = node.awaitEnd();
        Termination end = node.end();
        if (end.outcome() == Termination.Outcome.FENCED) {
          talk()
              .println(
                  "carillon: another node runs under the id "
                      + node.id()
                      + "; give each node a --data-dir or --node-id of its own ("
                      + end.reason()
                      + ")");
        } else if (exit != ExitCode.OK) {
          talk().println("carillon: node " + node.id() + " ended: " + end.reason());
        }
        return exit;
      }

      @Override
      public void close() throws Exception {
        node.close();
      }
    };
  }
}
