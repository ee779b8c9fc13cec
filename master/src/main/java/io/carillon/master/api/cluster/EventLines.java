package io.carillon.master.api.cluster;

import io.carillon.master.core.CoreEvent;
import org.slf4j.event.Level;

/** Events as lines of the log; null where whoever made the event has told the log already. */
final class EventLines implements CoreEvent.Handler<EventLines.Line> {

  record Line(Level level, String text) {}

  private static Line info(String text, Object... with) {
    return new Line(Level.INFO, text.formatted(with));
  }

  private static Line warn(String text, Object... with) {
    return new Line(Level.WARN, text.formatted(with));
  }

  private static String nodeOrNobody(String node) {
    return node == null ? "nobody" : node;
  }

  @Override
  public Line on(CoreEvent.NodeJoined event) {
    return info("node %s joined, incarnation %s", event.node(), event.incarnation());
  }

  @Override
  public Line on(CoreEvent.NodeLeft event) {
    return info(
        "node %s is %s: %s (incarnation %s)",
        event.node(), event.state(), event.reason(), event.incarnation());
  }

  @Override
  public Line on(CoreEvent.PartitionsMoved event) {
    return info(
        "%s partitions moved from %s to %s: %s",
        event.partitions().size(),
        nodeOrNobody(event.fromNode()),
        nodeOrNobody(event.toNode()),
        event.reason());
  }

  @Override
  public Line on(CoreEvent.NodeSuspected event) {
    return info("node %s is SUSPECT: %s", event.node(), event.reason());
  }

  @Override
  public Line on(CoreEvent.NodeHeld event) {
    return event.reason().isEmpty()
        ? info("node %s is given partitions again", event.node())
        : warn("node %s is given no partitions: %s", event.node(), event.reason());
  }

  @Override
  public Line on(CoreEvent.NodeFenced event) {
    return warn(
        "node %s was started again: incarnation %s is fenced", event.node(), event.incarnation());
  }

  @Override
  public Line on(CoreEvent.PartitionQuarantined event) {
    return event.reason().isEmpty()
        ? info("partition %s was repaired and goes on", event.partition())
        : new Line(
            Level.ERROR,
            "partition %s is QUARANTINED, all others go on: %s"
                .formatted(event.partition(), event.reason()));
  }

  @Override
  public Line on(CoreEvent.LeaderElected event) {
    return null;
  }

  @Override
  public Line on(CoreEvent.ClockDisagreement event) {
    return warn(
        "the clock of this machine is %s ms from cluster time, that of PostgreSQL %s ms",
        event.wallOffset() / 1_000, event.databaseOffset() / 1_000);
  }

  @Override
  public Line on(CoreEvent.LedgerGap event) {
    return null;
  }

  @Override
  public Line on(CoreEvent.FiresRepaired event) {
    return null;
  }
}
