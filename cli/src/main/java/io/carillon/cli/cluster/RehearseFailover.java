package io.carillon.cli.cluster;

import io.carillon.cli.terminal.ClientCommand;
import io.carillon.cli.terminal.ExitCode;
import io.carillon.cli.terminal.Names;
import io.carillon.cli.terminal.Output;
import io.carillon.cli.terminal.TimeText;
import io.carillon.client.CarillonClient;
import io.carillon.v1.RehearseFailoverRequest;
import io.carillon.v1.RehearseFailoverRequest.Mode;
import io.carillon.v1.RehearseFailoverResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "rehearse-failover",
    description = {
      "A drill: make the leader or a node fail, on the running cluster, and measure from the ledger what it cost.",
      "Exits with 8 if anything is missing or double."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  carillon cluster rehearse-failover --target leader",
      "  carillon cluster rehearse-failover --target nodes/node-1 --graceful"
    })
final class RehearseFailover extends ClientCommand {

  private static final String LEADER = "leader";

  private static final List<Output.Column<RehearseFailoverResponse>> COLUMNS =
      List.of(
          new Output.Column<>("Failed", r -> TimeText.show(r.getStartTime())),
          new Output.Column<>("Recovered", r -> TimeText.show(r.getRecoveredTime())),
          new Output.Column<>("Gap", r -> TimeText.show(r.getGap())),
          new Output.Column<>("Fires", r -> "" + r.getFireCount()),
          new Output.Column<>("Late", r -> "" + r.getLateCount()),
          new Output.Column<>("Greatest lateness", r -> TimeText.show(r.getMaxLateness())),
          new Output.Column<>("Missing", r -> "" + r.getMissingCount()),
          new Output.Column<>("Double", r -> "" + r.getDuplicateCount()),
          new Output.Column<>("Partitions moved", r -> "" + r.getMovedPartitionCount()),
          new Output.Column<>(
              "Leader before", r -> r.getLeaderBefore() + ", epoch " + r.getLeaderEpochBefore()),
          new Output.Column<>(
              "Leader after", r -> r.getLeaderAfter() + ", epoch " + r.getLeaderEpochAfter()));

  @Option(
      names = "--target",
      required = true,
      paramLabel = "leader|NODE",
      description = "Who fails: the leader, or a node by its id or full name.")
  private String target;

  @Option(
      names = "--graceful",
      description = "In order, as in a planned stop (default: as if it had died).")
  private boolean graceful;

  @Option(
      names = "--late-after",
      paramLabel = "DURATION",
      defaultValue = "1s",
      description = "A fire recorded later than this counts as late (default: ${DEFAULT-VALUE}).")
  private Duration lateAfter;

  @Option(
      names = "--wait",
      paramLabel = "DURATION",
      defaultValue = "60s",
      description = "How long to wait for the recovery (default: ${DEFAULT-VALUE}).")
  private Duration atMost;

  @Override
  protected int run(CarillonClient client) {
    if (atMost.toMillis() <= 0 || lateAfter.isNegative()) {
      throw wrongUsage("--wait must be above 0, and --late-after not below it");
    }
    RehearseFailoverResponse response =
        client
            .cluster()
            .withDeadlineAfter(atMost.toMillis(), TimeUnit.MILLISECONDS)
            .rehearseFailover(
                RehearseFailoverRequest.newBuilder()
                    .setTarget(target.equals(LEADER) ? LEADER : Names.node(target))
                    .setMode(graceful ? Mode.GRACEFUL : Mode.ABRUPT)
                    .setLateAfter(TimeText.proto(lateAfter))
                    .build());
    output().one(response, COLUMNS);
    return response.getMissingCount() + response.getDuplicateCount() == 0
        ? ExitCode.OK
        : ExitCode.GAP;
  }
}
