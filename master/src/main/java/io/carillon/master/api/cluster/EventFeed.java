package io.carillon.master.api.cluster;

import com.google.rpc.Code;
import io.carillon.master.api.call.ApiException;
import io.carillon.master.api.call.ResourceName;
import io.carillon.master.api.call.Timestamps;
import io.carillon.master.core.CoreEvent;
import io.carillon.v1.ClockDisagreement;
import io.carillon.v1.ClusterEvent;
import io.carillon.v1.FiresRepaired;
import io.carillon.v1.LeaderElected;
import io.carillon.v1.LedgerGap;
import io.carillon.v1.Node;
import io.carillon.v1.NodeFenced;
import io.carillon.v1.NodeHeld;
import io.carillon.v1.NodeJoined;
import io.carillon.v1.NodeLeft;
import io.carillon.v1.NodeSuspected;
import io.carillon.v1.PartitionQuarantined;
import io.carillon.v1.PartitionsMoved;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells the log, and those who watch, what happens in the cluster. */
public final class EventFeed {

  private static final Logger log = LoggerFactory.getLogger("carillon.cluster");

  private final Set<ServerCallStreamObserver<ClusterEvent>> watchers =
      ConcurrentHashMap.newKeySet();

  private final AtomicLong clockDisagreements = new AtomicLong();

  /** Who leads. Every watcher hears of it first: no one could watch as it happened. */
  private final ClusterEvent elected;

  public EventFeed(CoreEvent.LeaderElected elected) {
    this.elected = message(elected);
  }

  synchronized void add(ServerCallStreamObserver<ClusterEvent> watcher) {
    watcher.setOnCancelHandler(() -> watchers.remove(watcher));
    watcher.onNext(elected);
    watchers.add(watcher);
  }

  /** Does not block. */
  public synchronized void announce(CoreEvent event) {
    ClusterEvent message = message(event);
    for (ServerCallStreamObserver<ClusterEvent> watcher : watchers) {
      try {
        if (watcher.isReady()) {
          watcher.onNext(message);
        } else {
          watchers.remove(watcher);
          watcher.onError(
              ApiException.of(
                      Code.RESOURCE_EXHAUSTED,
                      "WATCH_TOO_SLOW",
                      "the watcher does not take its events: list nodes and partitions, and watch"
                          + " again",
                      Map.of())
                  .toStatus());
        }
      } catch (IllegalStateException e) {
        watchers.remove(watcher);
      }
    }
  }

  /** How often clocks came to agree no more, or again. */
  long clockDisagreements() {
    return clockDisagreements.get();
  }

  private ClusterEvent message(CoreEvent event) {
    ClusterEvent.Builder message = ClusterEvent.newBuilder().setTime(Timestamps.of(event.time()));
    if (event instanceof CoreEvent.NodeJoined) {
      CoreEvent.NodeJoined joined = (CoreEvent.NodeJoined) event;
      log.info("node {} joined, incarnation {}", joined.node(), joined.incarnation());
      message.setNodeJoined(
          NodeJoined.newBuilder()
              .setNode(ResourceName.node(joined.node()))
              .setIncarnation(joined.incarnation()));
    } else if (event instanceof CoreEvent.NodeLeft) {
      CoreEvent.NodeLeft left = (CoreEvent.NodeLeft) event;
      log.info(
          "node {} is {}: {} (incarnation {})",
          left.node(),
          left.state(),
          left.reason(),
          left.incarnation());
      message.setNodeLeft(
          NodeLeft.newBuilder()
              .setNode(ResourceName.node(left.node()))
              .setIncarnation(left.incarnation())
              .setState(Node.State.forNumber(left.state().code()))
              .setReason(left.reason()));
    } else if (event instanceof CoreEvent.PartitionsMoved) {
      CoreEvent.PartitionsMoved moved = (CoreEvent.PartitionsMoved) event;
      log.info(
          "{} partitions moved from {} to {}: {}",
          moved.partitions().size(),
          moved.fromNode() == null ? "nobody" : moved.fromNode(),
          moved.toNode() == null ? "nobody" : moved.toNode(),
          moved.reason());
      message.setPartitionsMoved(
          PartitionsMoved.newBuilder()
              .setFromNode(moved.fromNode() == null ? "" : ResourceName.node(moved.fromNode()))
              .setToNode(moved.toNode() == null ? "" : ResourceName.node(moved.toNode()))
              .addAllPartitions(moved.partitions())
              .setReason(moved.reason()));
    } else if (event instanceof CoreEvent.NodeSuspected suspected) {
      log.info("node {} is SUSPECT: {}", suspected.node(), suspected.reason());
      message.setNodeSuspected(
          NodeSuspected.newBuilder()
              .setNode(ResourceName.node(suspected.node()))
              .setIncarnation(suspected.incarnation())
              .setReason(suspected.reason()));
    } else if (event instanceof CoreEvent.NodeHeld held) {
      if (held.reason().isEmpty()) {
        log.info("node {} is given partitions again", held.node());
      } else {
        log.warn("node {} is given no partitions: {}", held.node(), held.reason());
      }
      message.setNodeHeld(
          NodeHeld.newBuilder().setNode(ResourceName.node(held.node())).setReason(held.reason()));
    } else if (event instanceof CoreEvent.PartitionQuarantined aside) {
      if (aside.reason().isEmpty()) {
        log.info("partition {} was repaired and goes on", aside.partition());
      } else {
        log.error(
            "partition {} is QUARANTINED, all others go on: {}", aside.partition(), aside.reason());
      }
      message.setPartitionQuarantined(
          PartitionQuarantined.newBuilder()
              .setPartition(aside.partition())
              .setReason(aside.reason()));
    } else if (event instanceof CoreEvent.NodeFenced) {
      CoreEvent.NodeFenced fenced = (CoreEvent.NodeFenced) event;
      log.warn(
          "node {} was started again: incarnation {} is fenced",
          fenced.node(),
          fenced.incarnation());
      message.setNodeFenced(
          NodeFenced.newBuilder()
              .setNode(ResourceName.node(fenced.node()))
              .setIncarnation(fenced.incarnation()));
    } else if (event instanceof CoreEvent.LeaderElected) {
      CoreEvent.LeaderElected elected = (CoreEvent.LeaderElected) event;
      message.setLeaderElected(
          LeaderElected.newBuilder().setLeader(elected.leader()).setLeaderEpoch(elected.epoch()));
    } else if (event instanceof CoreEvent.ClockDisagreement) {
      CoreEvent.ClockDisagreement clocks = (CoreEvent.ClockDisagreement) event;
      log.warn(
          "the clock of this machine is {} ms from cluster time, that of PostgreSQL {} ms",
          clocks.wallOffset() / 1_000,
          clocks.databaseOffset() / 1_000);
      clockDisagreements.incrementAndGet();
      message.setClockDisagreement(
          ClockDisagreement.newBuilder()
              .setWallOffset(Timestamps.duration(clocks.wallOffset()))
              .setDatabaseOffset(Timestamps.duration(clocks.databaseOffset())));
    } else if (event instanceof CoreEvent.LedgerGap) {
      // Who found it has told the log.
      CoreEvent.LedgerGap gap = (CoreEvent.LedgerGap) event;
      message.setLedgerGap(
          LedgerGap.newBuilder()
              .setPartition(gap.partition())
              .setSchedule(ResourceName.schedule(gap.tenant(), gap.schedule()))
              .setNominalTime(Timestamps.of(gap.nominal()))
              .setKind(gap.kind())
              .setCount(gap.count()));
    }
    if (event instanceof CoreEvent.FiresRepaired repaired) {
      // Who had them made up for has told the log.
      message.setFiresRepaired(
          FiresRepaired.newBuilder()
              .setPartition(repaired.partition())
              .setSchedule(ResourceName.schedule(repaired.tenant(), repaired.schedule()))
              .setNominalTime(Timestamps.of(repaired.first()))
              .setLastNominalTime(Timestamps.of(repaired.last()))
              .setCount(repaired.count())
              .setNode(repaired.node().isEmpty() ? "" : ResourceName.node(repaired.node())));
    }
    return message.build();
  }
}
