package io.carillon.master.core;

import io.carillon.common.schedule.Occurrences;
import io.carillon.master.core.Counters.Counter;
import io.carillon.master.core.PartitionState.QueuedPart;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Gathers what clock nodes push into commits, and checks every event on the way: nodes are not
 * trusted. One commit is open: it takes what comes, also while the one before it is being written,
 * until it is sealed.
 *
 * <p>What holds: an event that enters a commit has a nominal time of the revision's spec, after its
 * {@code nominalAfter}, that is due not after the leader's now at that moment, in {@code
 * (revision.owesAfter, min(new watermark, revision end)]}, and once. A mutation's effective time is
 * taken later than or at that now, so it never cuts off what is already on its way.
 */
final class FireLane {

  /**
   * How far a node's clock may run ahead of the leader's before it is refused; less than that
   * waits.
   */
  static final long AHEAD_TOLERANCE = 1_000_000;

  private final PartitionState[] partitions;
  private final Counters counters;
  private final int maxCommitEvents;

  /** Partitions with something queued. */
  private final TreeSet<Integer> dirty = new TreeSet<>();

  /** What clients asked for beside the spec. */
  final AskedFires asked;

  /** What the ledger was found to lack. */
  final Repairs repairs;

  private int firstOfRound;
  private long nextSeq;
  private Gathering open;

  /** When the first part that was ahead of the leader's clock may go on. */
  private long heldUntil = Occurrences.NEVER;

  FireLane(PartitionState[] partitions, Counters counters, int maxCommitEvents, long nextSeq) {
    this.partitions = partitions;
    this.asked = new AskedFires(partitions);
    this.repairs = new Repairs(partitions);
    this.counters = counters;
    this.maxCommitEvents = maxCommitEvents;
    this.nextSeq = nextSeq;
    this.open = new Gathering(counters, maxCommitEvents);
  }

  long logEnd() {
    return nextSeq - 1;
  }

  void enqueue(PushedBatch batch, PushedPart part) {
    partitions[part.partition()].queue.add(new QueuedPart(batch, part));
    dirty.add(part.partition());
  }

  long heldUntil() {
    return heldUntil;
  }

  /** Refuses all that is queued for a partition under another epoch than its present one. */
  void dropStale(PartitionState partition) {
    for (Iterator<QueuedPart> it = partition.queue.iterator(); it.hasNext(); ) {
      QueuedPart queued = it.next();
      if (queued.part().epoch() != partition.epoch || partition.owner == null) {
        it.remove();
        counters.add(Counter.REFUSED_STALE_EPOCH);
        queued.batch().refuse(queued.part(), Refusal.Reason.STALE_EPOCH);
      }
    }
  }

  /** Whether the open commit has anything in it that was pushed. */
  boolean hasTaken() {
    return open.hasTaken();
  }

  /** Takes what is queued into the open commit, as far as there is room. */
  void take(long now) {
    open.begin(now);
    while (!open.isFull() && takeRound()) {
      continue;
    }
    heldUntil = open.heldUntil();
    if (open.isFull()) {
      open.arrange();
    }
  }

  /**
   * Takes one part of each partition. So none starves while commits are full, and what is taken
   * together is due together, which the log's key wants: it is led by time.
   *
   * @return whether there may be more to take
   */
  private boolean takeRound() {
    List<Integer> round = new ArrayList<>(dirty.tailSet(firstOfRound));
    round.addAll(dirty.headSet(firstOfRound));
    boolean went = false;
    for (int id : round) {
      if (open.isFull()) {
        firstOfRound = id;
        break;
      }
      went |= open.takeFrom(partitions[id]);
      if (partitions[id].queue.isEmpty()) {
        dirty.remove(id);
      }
    }
    return went;
  }

  /**
   * Ends the open commit, with what was asked for and made up for. None may be under way.
   *
   * @return null if there is nothing in it
   */
  CommitPlan seal(long now, List<MasterCommand> out) {
    if (!hasTaken() && asked.isEmpty() && repairs.isEmpty()) {
      return null;
    }
    Gathering sealed = open;
    open = new Gathering(counters, maxCommitEvents);
    long latest = sealed.take(asked, repairs, now, out);
    if (sealed.isEmpty()) {
      return null;
    }
    CommitPlan plan = sealed.plan(nextSeq, Math.max(now, latest), this::some);
    nextSeq = plan.lastSeq() + 1;
    return plan;
  }

  /**
   * A commit is durable.
   *
   * @return the partitions of which the last part under their owner is in it
   */
  List<PartitionState> end(CommitPlan plan, List<MasterCommand> out) {
    counters.add(Counter.COMMITS);
    for (int i = 0; i < plan.partitions().length; i++) {
      partitions[plan.partitions()[i]].advance(plan.newWatermarks()[i], plan.applied()[i]);
    }
    List<PartitionState> released = new ArrayList<>();
    for (QueuedPart queued : plan.parts()) {
      queued.batch().settle();
      if (queued.part().last()) {
        released.add(partitions[queued.part().partition()]);
      }
    }
    FireColumns fires = plan.fires();
    counters.count(fires);
    AskedFires.recorded(plan, out);
    counters.add(Counter.FIRES_REPAIRED, plan.repaired().size());
    repairs.recorded(plan, out);
    if (fires.size() > 0) {
      out.add(new MasterCommand.Publish(fires));
    }
    return released;
  }

  /** The end of the log is kept with the partitions of a commit, so there must be one. */
  private PartitionState some(FireColumns fires) {
    if (fires.size() > 0) {
      return partitions[fires.partition[0]];
    }
    for (PartitionState partition : partitions) {
      if (partition.quarantine == null) {
        return partition;
      }
    }
    return partitions[0];
  }

  /**
   * Takes partitions that have been set aside out of a commit that the store refused, and out of
   * all that is to follow it.
   *
   * @return what is left of the commit, to be tried instead; null if nothing is
   */
  CommitPlan without(CommitPlan refused, Set<Integer> aside, List<MasterCommand> out) {
    Gathering.refuse(refused.parts(), aside);
    asked.drop(refused, aside, out);
    repairs.drop(refused, aside, out);
    open.drop(aside);
    for (int id : aside) {
      dropStale(partitions[id]);
      dirty.remove(id);
    }
    CommitPlan left = refused.without(aside);
    nextSeq = left.lastSeq() + 1;
    if (left.partitions().length > 0) {
      return left;
    }
    if (left.fires().size() == 0 && left.backfills().isEmpty()) {
      return null;
    }
    return left.keptWith(some(left.fires()));
  }
}
