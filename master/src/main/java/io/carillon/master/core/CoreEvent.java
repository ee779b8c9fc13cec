package io.carillon.master.core;

import java.util.List;

/** What happens in the cluster, for operators. */
public sealed interface CoreEvent {
  /** Takes one of each kind: who is to take them all does not compile without one of them. */
  interface Handler<R> {
    R on(NodeJoined event);

    R on(NodeLeft event);

    R on(PartitionsMoved event);

    R on(NodeSuspected event);

    R on(NodeHeld event);

    R on(NodeFenced event);

    R on(PartitionQuarantined event);

    R on(LeaderElected event);

    R on(ClockDisagreement event);

    R on(LedgerGap event);

    R on(FiresRepaired event);
  }

  <R> R accept(Handler<R> handler);

  long time();

  /** A node has begun a new incarnation and its streams. */
  record NodeJoined(long time, String node, long incarnation) implements CoreEvent {
    @Override
    public <R> R accept(Handler<R> handler) {
      return handler.on(this);
    }
  }

  /** A node is DEAD or STOPPED. */
  record NodeLeft(long time, String node, long incarnation, NodeState state, String reason)
      implements CoreEvent {
    @Override
    public <R> R accept(Handler<R> handler) {
      return handler.on(this);
    }
  }

  /** Partitions have another owner. Null: nobody. */
  record PartitionsMoved(
      long time, String fromNode, String toNode, List<Integer> partitions, String reason)
      implements CoreEvent {
    @Override
    public <R> R accept(Handler<R> handler) {
      return handler.on(this);
    }
  }

  /** A node's stream broke, or heartbeats are missing. */
  record NodeSuspected(long time, String node, long incarnation, String reason)
      implements CoreEvent {
    @Override
    public <R> R accept(Handler<R> handler) {
      return handler.on(this);
    }
  }

  /** A node is given no partitions though it lives; with an empty reason: no longer. */
  record NodeHeld(long time, String node, String reason) implements CoreEvent {
    @Override
    public <R> R accept(Handler<R> handler) {
      return handler.on(this);
    }
  }

  /** An older incarnation is shut out by a newer one with the same id. */
  record NodeFenced(long time, String node, long incarnation) implements CoreEvent {
    @Override
    public <R> R accept(Handler<R> handler) {
      return handler.on(this);
    }
  }

  /**
   * A partition is set aside: nothing of it is recorded until it is repaired. With an empty reason:
   * it goes on.
   */
  record PartitionQuarantined(long time, int partition, String reason) implements CoreEvent {
    @Override
    public <R> R accept(Handler<R> handler) {
      return handler.on(this);
    }
  }

  /** A master began to lead. */
  record LeaderElected(long time, String leader, long epoch) implements CoreEvent {
    @Override
    public <R> R accept(Handler<R> handler) {
      return handler.on(this);
    }
  }

  /**
   * The clocks that cluster time goes by have changed in whether they agree. Offsets are those from
   * cluster time: of the wall clock of the leader's machine, and of PostgreSQL's.
   */
  record ClockDisagreement(long time, long wallOffset, long databaseOffset) implements CoreEvent {
    @Override
    public <R> R accept(Handler<R> handler) {
      return handler.on(this);
    }
  }

  /**
   * The ledger and the revisions do not agree.
   *
   * @param kind of the difference, as in {@code Gap.Kind}
   * @param nominal the first of {@code count} nominal times
   */
  record LedgerGap(
      long time,
      int partition,
      String tenant,
      String schedule,
      long nominal,
      String kind,
      long count)
      implements CoreEvent {
    @Override
    public <R> R accept(Handler<R> handler) {
      return handler.on(this);
    }
  }

  /**
   * Times that the ledger lacked are recorded, late.
   *
   * @param first the first of {@code count} nominal times
   * @param node that left them out; empty if that is not known
   */
  record FiresRepaired(
      long time,
      int partition,
      String tenant,
      String schedule,
      long first,
      long last,
      long count,
      String node)
      implements CoreEvent {
    @Override
    public <R> R accept(Handler<R> handler) {
      return handler.on(this);
    }
  }
}
