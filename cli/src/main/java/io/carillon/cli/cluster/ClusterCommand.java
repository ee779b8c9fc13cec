package io.carillon.cli.cluster;

import io.carillon.cli.terminal.ClientCommand;
import io.carillon.cli.terminal.ExitCode;
import io.carillon.cli.terminal.GroupCommand;
import io.carillon.cli.terminal.Names;
import io.carillon.cli.terminal.Output;
import io.carillon.cli.terminal.TimeText;
import io.carillon.client.CarillonClient;
import io.carillon.client.CarillonException;
import io.carillon.v1.Cluster;
import io.carillon.v1.ClusterEvent;
import io.carillon.v1.DrainNodeRequest;
import io.carillon.v1.FiresRepaired;
import io.carillon.v1.GetClusterRequest;
import io.carillon.v1.GetPartitionRequest;
import io.carillon.v1.ListNodesRequest;
import io.carillon.v1.ListPartitionsRequest;
import io.carillon.v1.Node;
import io.carillon.v1.NodeHeld;
import io.carillon.v1.Partition;
import io.carillon.v1.PartitionQuarantined;
import io.carillon.v1.PartitionsMoved;
import io.carillon.v1.RepairPartitionRequest;
import io.carillon.v1.RepairPartitionResponse;
import io.carillon.v1.WatchEventsRequest;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.Iterator;
import java.util.List;
import java.util.TreeMap;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "cluster", description = "Show and steer the cluster.")
public final class ClusterCommand extends GroupCommand {
  @Override
  protected List<Class<?>> verbs() {
    return List.of(
        ClusterCommand.ShowStatus.class,
        ClusterCommand.Nodes.class,
        ClusterCommand.Partitions.class,
        ClusterCommand.ShowPartition.class,
        ClusterCommand.Drain.class,
        DeleteNode.class,
        ClusterCommand.RepairPartition.class,
        RehearseFailover.class,
        ClusterCommand.Events.class);
  }

  private static final List<Output.Column<Node>> NODES =
      List.of(
          new Output.Column<>("NODE", n -> Names.id(n.getName())),
          new Output.Column<>("STATE", n -> n.getState().name()),
          new Output.Column<>("HOLD", Node::getHoldReason),
          new Output.Column<>("PARTITIONS", n -> "" + n.getPartitionCount()),
          new Output.Column<>("STANDBY", n -> "" + n.getStandbyPartitionCount()),
          new Output.Column<>("SCHEDULES", n -> "" + n.getScheduleCount()),
          new Output.Column<>("WEIGHT", n -> "" + n.getWeight()),
          new Output.Column<>("INCARNATION", n -> "" + n.getIncarnation()),
          new Output.Column<>(
              "SINCE", n -> n.hasStateTime() ? TimeText.show(n.getStateTime()) : ""),
          new Output.Column<>(
              "CLOCK",
              n ->
                  n.hasClockOffset()
                      ? TimeText.show(n.getClockOffset()) + " ± " + TimeText.show(n.getClockError())
                      : ""),
          new Output.Column<>("LOCATION", Node::getLocation),
          new Output.Column<>("VERSION", Node::getProgramVersion));

  @Command(name = "status", description = "Show the cluster as a whole.")
  static final class ShowStatus extends ClientCommand {
    private static final List<Output.Column<Cluster>> COLUMNS =
        List.of(
            new Output.Column<>("Cluster", Cluster::getClusterUid),
            new Output.Column<>("Leader", c -> c.getLeader() + ", epoch " + c.getLeaderEpoch()),
            new Output.Column<>("Cluster time", c -> TimeText.show(c.getClusterTime())),
            new Output.Column<>(
                "PostgreSQL",
                c -> c.getStoreAvailable() ? "available" : "NOT AVAILABLE: see the master's log"),
            new Output.Column<>("Active nodes", c -> "" + c.getActiveNodeCount()),
            new Output.Column<>(
                "Partitions",
                c ->
                    c.getAssignedPartitionCount()
                        + " of "
                        + c.getPartitionCount()
                        + " have an owner"
                        + quarantined(c.getQuarantinedPartitionCount())),
            new Output.Column<>("Schedules", c -> "" + c.getScheduleCount()),
            new Output.Column<>("Log end", c -> "" + c.getLogEnd()),
            new Output.Column<>(
                "Verified up to",
                c ->
                    (c.hasVerifiedTime() ? TimeText.show(c.getVerifiedTime()) : "not yet")
                        + gaps(c.getCountersOrDefault("ledger_gaps", 0))),
            new Output.Column<>("Version", Cluster::getProgramVersion),
            new Output.Column<>("Counters", ShowStatus::counters));

    private static String gaps(long count) {
      return count == 0 ? "" : ", NOT COMPLETE: see `carillon verify` and the leader's log";
    }

    private static String quarantined(int count) {
      return count == 0
          ? ""
          : ", " + count + " QUARANTINED: see `carillon cluster partitions --quarantined`";
    }

    private static String counters(Cluster cluster) {
      StringBuilder text = new StringBuilder();
      new TreeMap<>(cluster.getCountersMap())
          .forEach(
              (name, value) -> {
                if (value != 0) {
                  text.append(name).append(' ').append(value).append('\n');
                }
              });
      return text.toString().strip();
    }

    @Override
    protected int run(CarillonClient client) {
      output().one(client.cluster().getCluster(GetClusterRequest.getDefaultInstance()), COLUMNS);
      return ExitCode.OK;
    }
  }

  @Command(name = "nodes", description = "List the clock nodes, also those that are gone.")
  static final class Nodes extends ClientCommand {
    @Override
    protected int run(CarillonClient client) {
      output()
          .list(
              client
                  .cluster()
                  .listNodes(ListNodesRequest.getDefaultInstance())
                  .getNodesList()
                  .iterator(),
              NODES);
      return ExitCode.OK;
    }
  }

  @Command(
      name = "partitions",
      description = "List the partitions: owner, standby, epoch, watermark and lag.")
  static final class Partitions extends ClientCommand {
    static final List<Output.Column<Partition>> COLUMNS =
        List.of(
            new Output.Column<>("PARTITION", p -> Names.id(p.getName())),
            new Output.Column<>("STATE", p -> p.getState().name()),
            new Output.Column<>("OWNER", p -> p.getOwner().isEmpty() ? "" : Names.id(p.getOwner())),
            new Output.Column<>(
                "STANDBY", p -> p.getStandby().isEmpty() ? "" : Names.id(p.getStandby())),
            new Output.Column<>("EPOCH", p -> "" + p.getEpoch()),
            new Output.Column<>(
                "WATERMARK", p -> p.hasWatermark() ? TimeText.show(p.getWatermark()) : ""),
            new Output.Column<>("LAG", p -> p.hasLag() ? TimeText.show(p.getLag()) : ""),
            new Output.Column<>(
                "VERIFIED", p -> p.hasVerifiedTime() ? TimeText.show(p.getVerifiedTime()) : ""),
            new Output.Column<>("VERSION", p -> p.getAppliedVersion() + "/" + p.getVersion()),
            new Output.Column<>("SCHEDULES", p -> "" + p.getScheduleCount()),
            new Output.Column<>("REASON", Partition::getQuarantineReason));

    @Option(names = "--quarantined", description = "Only those that are QUARANTINED.")
    private boolean quarantined;

    @Option(names = "--node", paramLabel = "NODE", description = "Only those of this node.")
    private String node;

    @Override
    protected int run(CarillonClient client) {
      ListPartitionsRequest.Builder request = ListPartitionsRequest.newBuilder();
      if (node != null) {
        request.setOwner(Names.node(node));
      }
      output()
          .list(
              client.cluster().listPartitions(request.build()).getPartitionsList().stream()
                  .filter(p -> !quarantined || p.getState() == Partition.State.QUARANTINED)
                  .iterator(),
              COLUMNS);
      return ExitCode.OK;
    }
  }

  @Command(
      name = "partition",
      description = "Show one partition: who owns it, how far it is recorded, how late it is.")
  static final class ShowPartition extends ClientCommand {
    @Parameters(paramLabel = "N", description = "Number of the partition.")
    private int number;

    @Override
    protected int run(CarillonClient client) {
      GetPartitionRequest request =
          GetPartitionRequest.newBuilder().setName("partitions/" + number).build();
      output().one(client.cluster().getPartition(request), Partitions.COLUMNS);
      return ExitCode.OK;
    }
  }

  @Command(
      name = "drain",
      description = "Move all partitions away from a node, so that it can be stopped.")
  static final class Drain extends ClientCommand {
    @Parameters(paramLabel = "NODE", description = "Id of the node, or its full name.")
    private String node;

    @Override
    protected int run(CarillonClient client) {
      Node drained =
          client
              .cluster()
              .drainNode(DrainNodeRequest.newBuilder().setName(Names.node(node)).build());
      output().list(List.of(drained).iterator(), NODES);
      say("draining; watch it with `carillon cluster nodes`");
      return ExitCode.OK;
    }
  }

  @Command(
      name = "repair-partition",
      description = {
        "Let a QUARANTINED partition go on from what is stored, once you have looked.",
        "What the log has of it counts as recorded; delete before what should not be there."
      })
  static final class RepairPartition extends ClientCommand {
    @Parameters(paramLabel = "N", description = "Number of the partition.")
    private int number;

    @Override
    protected int run(CarillonClient client) {
      RepairPartitionResponse repaired =
          client
              .cluster()
              .repairPartition(
                  RepairPartitionRequest.newBuilder().setName("partitions/" + number).build());
      output().one(repaired.getPartition(), Partitions.COLUMNS);
      say(
          "partition "
              + number
              + " goes on; "
              + repaired.getStandingRowCount()
              + " rows of the log beyond its watermark count as recorded");
      return ExitCode.OK;
    }
  }

  @Command(
      name = "events",
      description = {
        "Show leaders and nodes coming and going and partitions moving, until Ctrl-C.",
        "Goes on when the leader is lost; what happens until another leads is not shown."
      })
  static final class Events extends ClientCommand {
    private static final long RETRY_MILLIS = 250;

    @Option(
        names = "--max",
        paramLabel = "N",
        defaultValue = "0",
        description = "End after so many.")
    private long max;

    @Override
    protected int run(CarillonClient client) throws InterruptedException {
      boolean seen = false;
      boolean told = false;
      long shown = 0;
      while (true) {
        try {
          Iterator<ClusterEvent> events =
              client.cluster().watchEvents(WatchEventsRequest.getDefaultInstance());
          while ((max <= 0 || shown < max) && events.hasNext()) {
            output().line(events.next(), Events::line);
            shown++;
            seen = true;
            told = false;
          }
          return ExitCode.OK;
        } catch (StatusRuntimeException | CarillonException e) {
          CarillonException lost = CarillonException.of(e);
          // A master that was never reached is an error; one that is lost has followers.
          if (!seen || lost.code() != Status.Code.UNAVAILABLE) {
            throw lost;
          }
          if (!told) {
            told = true;
            say("connection lost (" + lost.getMessage() + "); trying again");
          }
          Thread.sleep(RETRY_MILLIS);
        }
      }
    }

    private static String line(ClusterEvent event) {
      return TimeText.show(event.getTime())
          + "  "
          + switch (event.getEventCase()) {
            case NODE_JOINED ->
                "node "
                    + Names.id(event.getNodeJoined().getNode())
                    + " joined, incarnation "
                    + event.getNodeJoined().getIncarnation();
            case NODE_LEFT ->
                "node "
                    + Names.id(event.getNodeLeft().getNode())
                    + " is "
                    + event.getNodeLeft().getState()
                    + because(event.getNodeLeft().getReason());
            case PARTITIONS_MOVED -> moved(event.getPartitionsMoved());
            case NODE_FENCED ->
                "incarnation "
                    + event.getNodeFenced().getIncarnation()
                    + " of node "
                    + Names.id(event.getNodeFenced().getNode())
                    + " was shut out by a newer one";
            case NODE_SUSPECTED ->
                "node "
                    + Names.id(event.getNodeSuspected().getNode())
                    + " is SUSPECT"
                    + because(event.getNodeSuspected().getReason());
            case NODE_HELD -> held(event.getNodeHeld());
            case PARTITION_QUARANTINED -> quarantined(event.getPartitionQuarantined());
            case LEADER_ELECTED ->
                event.getLeaderElected().getLeader()
                    + " leads, epoch "
                    + event.getLeaderElected().getLeaderEpoch();
            case CLOCK_DISAGREEMENT ->
                "clocks disagree with cluster time: the leader's by "
                    + TimeText.show(event.getClockDisagreement().getWallOffset())
                    + ", PostgreSQL's by "
                    + TimeText.show(event.getClockDisagreement().getDatabaseOffset());
            case LEDGER_GAP ->
                "the ledger does not agree with the revisions: "
                    + event.getLedgerGap().getCount()
                    + " "
                    + event.getLedgerGap().getKind()
                    + " of "
                    + event.getLedgerGap().getSchedule()
                    + " from "
                    + TimeText.show(event.getLedgerGap().getNominalTime());
            case FIRES_REPAIRED -> repaired(event.getFiresRepaired());
            case EVENT_NOT_SET -> "an event that this program does not know; update it";
          };
    }

    private static String repaired(FiresRepaired repaired) {
      return repaired.getCount()
          + " fires of "
          + repaired.getSchedule()
          + " from "
          + TimeText.show(repaired.getNominalTime())
          + " to "
          + TimeText.show(repaired.getLastNominalTime())
          + ", which "
          + (repaired.getNode().isEmpty() ? "nobody" : "node " + Names.id(repaired.getNode()))
          + (repaired.getNode().isEmpty() ? " recorded" : " left out")
          + ", are recorded late";
    }

    private static String quarantined(PartitionQuarantined event) {
      String partition = "partition " + event.getPartition();
      return event.getReason().isEmpty()
          ? partition + " was repaired and goes on"
          : partition + " is QUARANTINED" + because(event.getReason());
    }

    private static String held(NodeHeld held) {
      String node = "node " + Names.id(held.getNode());
      return held.getReason().isEmpty()
          ? node + " is held no more"
          : node + " is given no partitions" + because(held.getReason());
    }

    private static String moved(PartitionsMoved moved) {
      int count = moved.getPartitionsCount();
      return count
          + (count == 1 ? " partition" : " partitions")
          + " moved from "
          + nobody(moved.getFromNode())
          + " to "
          + nobody(moved.getToNode())
          + because(moved.getReason());
    }

    private static String nobody(String node) {
      return node.isEmpty() ? "nobody" : Names.id(node);
    }

    private static String because(String reason) {
      return reason.isEmpty() ? "" : " (" + reason + ")";
    }
  }
}
