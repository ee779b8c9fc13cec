package io.carillon.cli;

import io.carillon.clocknode.app.Termination;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "clock-node",
    description = {
      "Run a clock node, until SIGTERM or Ctrl-C.",
      "It leaves in order then: its partitions are handed over, and no fire is late for it."
    })
final class ClockNodeCommand extends ServerCommand {

  @Option(
      names = "--master",
      split = ",",
      paramLabel = "HOST:PORT",
      converter = ListenAddress.Converter.class,
      description = "Node ports of the masters, tried in turn (default: 127.0.0.1:7401).")
  private List<ListenAddress> masters = new ArrayList<>();

  @Option(
      names = "--data-dir",
      paramLabel = "FOLDER",
      defaultValue = "./carillon-data/node",
      description = {
        "Where the node keeps its id, the secret that proves it, and its cluster's id",
        "(default: ${DEFAULT-VALUE})."
      })
  private Path dataDir;

  @Option(
      names = "--node-id",
      paramLabel = "ID",
      description = {
        "The node's id for life, instead of the one in the folder. The secret that proves it is",
        "kept in the folder all the same: without it the id cannot be used again.",
        "Which cluster it belongs to is then remembered only while it runs."
      })
  private String nodeId;

  @Option(
      names = "--weight",
      paramLabel = "N",
      description = "Share of the partitions in relation to other nodes, 1 to 1000 (default: 100).")
  private Integer weight;

  @Option(
      names = "--drain-timeout",
      paramLabel = "DURATION",
      defaultValue = "10s",
      description = "How long to wait for the hand-over when stopped (default: ${DEFAULT-VALUE}).")
  private Duration drainTimeout;

  @Override
  Running start() throws Exception {
    List<String> addresses =
        masters == null || masters.isEmpty()
            ? List.of("127.0.0.1:7401")
            : masters.stream().map(ListenAddress::toString).toList();
    RunningNode node = RunningNode.start(dataDir, addresses, nodeId, weight, drainTimeout);
    talk().println("clock node " + node.id() + ", master " + String.join(",", addresses));
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
