package io.carillon.master.rpc;

import com.google.rpc.Code;
import io.carillon.master.core.CoreEvent;
import io.carillon.v1.ClusterEvent;
import io.carillon.v1.Node;
import io.carillon.v1.NodeFenced;
import io.carillon.v1.NodeHeld;
import io.carillon.v1.NodeJoined;
import io.carillon.v1.NodeLeft;
import io.carillon.v1.NodeSuspected;
import io.carillon.v1.PartitionsMoved;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells the log, and those who watch, what happens in the cluster. */
public final class EventFeed {

  private static final Logger log = LoggerFactory.getLogger("carillon.cluster");

  private final Set<ServerCallStreamObserver<ClusterEvent>> watchers =
      ConcurrentHashMap.newKeySet();

  void add(ServerCallStreamObserver<ClusterEvent> watcher) {
    watcher.setOnCancelHandler(() -> watchers.remove(watcher));
    watchers.add(watcher);
  }

  /** Called from one thread only; does not block. */
  public void announce(CoreEvent event) {
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

  private static ClusterEvent message(CoreEvent event) {
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
    }
    return message.build();
  }
}
