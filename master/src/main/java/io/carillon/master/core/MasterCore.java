package io.carillon.master.core;

import io.carillon.common.schedule.Occurrences;
import io.carillon.master.core.CommitPlan.BackfillFires;
import io.carillon.master.core.CommitPlan.ManualFire;
import io.carillon.master.core.Counters.Counter;
import io.carillon.master.core.MasterCommand.OwnerChange;
import io.carillon.master.core.Mutation.PlannedGroup;
import io.carillon.master.core.Node.Candidate;
import io.carillon.master.core.Node.NodeReport;
import io.carillon.master.core.Node.Registration;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;

/**
 * The leader's decisions: who owns which partition, what is recorded, what a mutation means.
 *
 * <p>One thread calls it; time is an argument and never falls; nothing leaves it but the commands
 * that {@link #drain} answers. It has two lanes of writes, each with at most one write under way:
 * the fire lane (commits, and changes of owner) and the schedule lane (mutations). A write ends
 * with COMMITTED, or with the end of this core: what else can happen to a write is settled by who
 * executes it.
 */
public final class MasterCore {

  private final CoreSettings settings;
  private final Counters counters = new Counters();
  private final PartitionState[] partitions;
  private final Membership membership;
  private final Standstill standstill;
  private final Assignments assignments;
  private final Rebalancing rebalancing;
  private final ForgottenNodes forgotten;
  private final Watches watches;
  private final Quarantine quarantine;
  private final FireLane fireLane;
  private final ScheduleLane scheduleLane;
  private List<MasterCommand> out = new ArrayList<>();
  private CommitPlan committing;
  private boolean fireLaneBusy;
  private long fireLaneSince;
  private boolean scheduleLaneBusy;
  private long lastTick = Occurrences.NEVER;

  /** {@code logEnd}: highest seq of the log. */
  public MasterCore(CoreSettings settings, int partitionCount, long logEnd) {
    this.settings = settings;
    this.partitions = new PartitionState[partitionCount];
    for (int i = 0; i < partitionCount; i++) {
      partitions[i] = new PartitionState(i);
    }
    this.membership = new Membership(settings, counters);
    this.standstill = new Standstill(settings, partitions, membership.nodes());
    this.assignments =
        new Assignments(settings, partitions, membership.nodes(), standstill, counters);
    this.rebalancing = new Rebalancing(membership, assignments, standstill);
    this.forgotten = new ForgottenNodes(membership.nodes());
    this.watches = new Watches(partitions, counters);
    this.quarantine = new Quarantine(partitions, assignments, counters);
    this.fireLane = new FireLane(partitions, counters, settings.maxCommitEvents(), logEnd + 1);
    this.scheduleLane = new ScheduleLane(partitions, counters);
  }

  // What a leader finds in the store as it begins.

  public void restorePartition(
      int partition, String owner, long epoch, long watermark, long applied) {
    partitions[partition].restore(owner, epoch, watermark, applied);
  }

  public void restoreNode(MasterCommand.NodeRow row) {
    membership.restore(row);
  }

  /** A schedule, deleted ones too, with the version of its latest mutation. */
  public void restoreSchedule(long schedule, int partition, long version, boolean deleted) {
    partitions[partition].restore(schedule, version, deleted);
  }

  /** A revision that is open or that still owes. */
  public void restoreRevision(Revision revision, int partition) {
    partitions[partition].restore(revision);
  }

  // Clock nodes.

  /** Nodes are answered from now on: no earlier begins the time that they have to come back. */
  public void answersNodes(long now) {
    rebalancing.begin(now);
  }

  /** A process says that it is a node. {@code session}: drawn by chance, so nobody guesses it. */
  public void register(Candidate candidate, long session, Reply<Registration> reply, long now) {
    Node restarted = membership.register(candidate, session, reply, now, out);
    if (restarted != null) {
      assignments.reown(restarted);
    }
    pump(now);
  }

  /** The row of a node is durable; one that is FORGOTTEN: is deleted. */
  public void nodeWritten(MasterCommand.NodeRow row, long now) {
    if (!forgotten.isEndOf(row, out)) {
      membership.written(row, out);
    }
    pump(now);
  }

  /** The store refuses the row of a node, now and ever. */
  public void nodeRefused(MasterCommand.NodeRow row, String why, long now) {
    if (!forgotten.isEndOf(row, out)) {
      membership.notWritten(row, why, now, out);
      rebalancing.schedule(now, 0, out);
    }
    pump(now);
  }

  /** An operator deletes a node. The reply comes when that is durable: why not, or empty. */
  public void deleteNode(String id, Reply<String> reply, long now) {
    forgotten.delete(id, reply, out);
    pump(now);
  }

  /** A heartbeat; the first of a session brings the node its assignment. */
  public void heartbeat(long session, NodeReport report, long now) {
    Node node = inForce(session);
    if (node == null) {
      return;
    }
    boolean first = !node.beating;
    boolean wasDraining = node.draining;
    if (membership.heartbeat(node, report, now, out)) {
      rebalancing.schedule(now, node.draining == wasDraining ? settings.joinDelay() : 0, out);
    }
    if (first) {
      standstill.begins(node);
    }
    if (first || node.draining && !wasDraining) {
      assignments.send(node, out);
    }
    pump(now);
  }

  /** Null, and the session is ended, if it is not that of a node. */
  private Node inForce(long session) {
    Node node = membership.bySession(session);
    if (node == null) {
      out.add(new MasterCommand.EndSession(session, false, "no such session"));
    }
    return node;
  }

  /** The heartbeat stream of a session ended. */
  public void heartbeatLost(long session, long now) {
    Node node = membership.bySession(session);
    if (node != null) {
      membership.lost(node, assignments.ownsNothing(node), now, out);
      rebalancing.schedule(now, 0, out);
      pump(now);
    }
  }

  /** A node asks for the revisions of a partition. */
  public void watch(long session, int partition, long epoch, long now) {
    Node node = inForce(session);
    if (node == null) {
      return;
    }
    watches.open(node, partition, epoch, out);
    pump(now);
  }

  /** A node wants to hear no more of a partition. */
  public void unwatch(long session, int partition) {
    watches.close(session, partition);
  }

  /** A batch of what is due. */
  public void push(long session, long number, List<PushedPart> parts, long now) {
    Node node = inForce(session);
    if (node == null) {
      counters.add(Counter.REFUSED_UNKNOWN_SESSION, parts.size());
      return;
    }
    PushedBatch batch = new PushedBatch(session, number, parts.size());
    node.batches.add(batch);
    for (PushedPart part : parts) {
      if (watches.mayPush(node, batch, part)) {
        fireLane.enqueue(batch, part);
      }
    }
    pump(now);
  }

  /** An operator wants a node empty. */
  public void drainNode(String id, Reply<String> reply, long now) {
    rebalancing.drain(id, reply, now, out);
    pump(now);
  }

  /** Declares a node lost at once, as if it had fallen silent; it may come back. For drills. */
  public void lose(String id, Reply<String> reply, long now) {
    rebalancing.lose(id, reply, now, out);
    pump(now);
  }

  /** A drill: the node hands over its partitions in order, or may have some again. */
  public void rest(String id, boolean resting, Reply<String> reply, long now) {
    rebalancing.rest(id, resting, reply, now, out);
    pump(now);
  }

  // Clients.

  /** Mutations that happen all or not at all. */
  public void mutate(Mutation.Group group, long now) {
    scheduleLane.submit(group, out);
    pump(now);
  }

  /** Fires a schedule now, beside its spec, at its {@link #manualNominal} if it has one. */
  public void trigger(ManualFire fire, long now) {
    fireLane.asked.add(fire, out);
    pump(now);
  }

  /** A nominal time for a fire by hand that no other has or gets. */
  public long manualNominal(long now) {
    return fireLane.asked.newNominal(now);
  }

  /**
   * Records times of a schedule beside its spec, as fires of one of its backfills. They enter the
   * next commits, and the reply comes when the last is durable; it is refused at once with
   * OVERLOADED if too many such calls wait. A time that this backfill has recorded before must not
   * come again: who goes on with a backfill after a change of leader has to look in the log.
   */
  public void backfill(BackfillFires fires, long now) {
    fireLane.asked.add(fires, now, out);
    pump(now);
  }

  /**
   * Records late what the ledger was found to lack, but for what is not owed as far as is known
   * here; the nodes that left it out are held. The reply comes when all is durable, or at once if
   * nothing is recorded.
   *
   * @param missed what a look at the store found, which began after the repair before was answered
   */
  public void repair(List<MissedTimes> missed, Reply<MissedTimes.Result> reply, long now) {
    fireLane.repairs.add(missed, reply, out).forEach(one -> membership.distrust(one.node()));
    pump(now);
  }

  // Ends of writes.

  /** The commit under way is durable. {@code attempts}: how often it was tried. */
  public void commitEnded(int attempts, long now) {
    CommitPlan plan = committing;
    committing = null;
    fireLaneBusy = false;
    counters.add(Counter.COMMITS_RETRIED, attempts - 1);
    assignments.released(fireLane.end(plan, out), out);
    pump(now);
  }

  /**
   * The commit under way is refused and did not happen. The partitions at fault are set aside, the
   * others go on.
   *
   * @param faults what stands in the way of each
   */
  public void commitRefused(SortedMap<Integer, String> faults, long now) {
    quarantine.setAside(faults, now, out);
    committing = fireLane.without(committing, faults.keySet(), out);
    fireLaneBusy = committing != null;
    if (fireLaneBusy) {
      out.add(new MasterCommand.CommitFires(committing));
    }
    pump(now);
  }

  /** The same of the change of owners under way. */
  public void assignmentRefused(SortedMap<Integer, String> faults, long now) {
    fireLaneBusy = false;
    assignments.refused(faults.keySet());
    quarantine.setAside(faults, now, out);
    faults.keySet().forEach(id -> fireLane.dropStale(partitions[id]));
    pump(now);
  }

  /** A partition that is set aside goes on from what is stored; the reply is "" or why not. */
  public void repairPartition(
      int partition, StoredPartition stored, Reply<String> reply, long now) {
    quarantine.repair(partition, stored, reply, now, out);
    pump(now);
  }

  /** The change of owners under way is durable. */
  public void assignmentEnded(long now) {
    fireLaneBusy = false;
    assignments.written(now, out).forEach(fireLane::dropStale);
    assignments.proceed(out);
    pump(now);
  }

  /** The mutations under way have ended: for each group null if it is durable, else why not. */
  public void mutationsEnded(List<String> rejected, long now) {
    scheduleLaneBusy = false;
    scheduleLane.end(rejected, out);
    pump(now);
  }

  // Time.

  /** Looks what time has brought about. Call it at least every 100 ms, and at {@link #nextWake}. */
  public void tick(long now) {
    if (now - lastTick > 2 * settings.heartbeatInterval()) {
      // It is we who were away: what the nodes sent meanwhile is still to be read.
      membership.forgive(now - lastTick, now);
    } else {
      standstill.count(now - lastTick, fireLaneBusy ? now - fireLaneSince : 0);
    }
    lastTick = now;
    rebalancing.tick(now, out);
    forgotten.tick(now, assignments::ownsNothing, out);
    pump(now);
  }

  /** When something is due that no input will announce; {@link Occurrences#NEVER} if nothing is. */
  public long nextWake() {
    return Math.min(rebalancing.at(), fireLaneBusy ? Occurrences.NEVER : fireLane.heldUntil());
  }

  /** Begins the writes that can begin, and acknowledges what is settled. */
  private void pump(long now) {
    if (!fireLaneBusy) {
      proceed(now);
    }
    if (!scheduleLaneBusy) {
      List<PlannedGroup> groups = scheduleLane.gather(now, out);
      if (!groups.isEmpty()) {
        scheduleLaneBusy = true;
        out.add(new MasterCommand.WriteMutations(groups));
      }
    }
    for (Node node : membership.nodes().values()) {
      node.acknowledge(out);
    }
  }

  /** The next write of the fire lane. What is taken under the present owners goes before others. */
  private void proceed(long now) {
    if (!fireLane.hasTaken()) {
      List<OwnerChange> changes = assignments.gather();
      if (!changes.isEmpty()) {
        begin(new MasterCommand.WriteAssignment(changes), now);
        return;
      }
    }
    if (!assignments.isPending()) {
      fireLane.take(now);
    }
    committing = fireLane.seal(now, out);
    if (committing != null) {
      begin(new MasterCommand.CommitFires(committing), now);
    }
  }

  private void begin(MasterCommand write, long now) {
    fireLaneBusy = true;
    fireLaneSince = now;
    out.add(write);
  }

  /**
   * Uses the time while a commit is being written: checks what is queued for the next. To be called
   * when there is nothing else to do; all goes as well without.
   */
  public void takeAhead(long now) {
    if (committing != null && !assignments.isPending()) {
      fireLane.take(now);
    }
  }

  /** The commands since the last call, in order. */
  public List<MasterCommand> drain() {
    List<MasterCommand> commands = out;
    out = new ArrayList<>();
    return commands;
  }

  /** A picture of the whole for operators. */
  public MasterReport report(long now) {
    return MasterReport.of(
        now, partitions, membership.nodes(), fireLane.logEnd(), counters.byName());
  }
}
