package io.carillon.clocknode.core;

import io.carillon.common.schedule.Occurrences;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * All that a clock node decides: which partitions it runs, what it pushes and when.
 *
 * <p>Nothing that was taken is lost: a batch is kept until the master has settled it, and is sent
 * again in each new session, in order. When too much is pending the core stops taking, so it runs
 * late instead. A lost session changes nothing but that commands have nowhere to go: the node ticks
 * on, and the epochs decide whether what it took still counts.
 *
 * <p>A partition whose state was dropped is not opened again under the same epoch before all
 * batches that may hold a step of it are settled, so that no refusal of what is gone is taken for
 * one of what is new.
 *
 * <p>A standby is kept loaded and takes no steps. If it becomes the owner in the very session in
 * which it was listed, it goes on at once from what the assignment says is recorded; else it is
 * opened like any other.
 */
public final class NodeCore {

  /** No answer of {@link #nextWakeMicros} is further away: clocks are not to be trusted longer. */
  public static final long SLICE_MICROS = 1_000_000;

  /** A partition that the master refuses again and again is not opened more often than this. */
  private static final long REOPEN_SPACING_MICROS = 100_000;

  /** Of the events of a batch for each partition: less is not worth a part of its own. */
  private static final int LEAST_SHARE = 64;

  private final NodeLimits limits;
  private final Function<String, Occurrences> specs;
  private final NavigableMap<Integer, PartitionRunner> runners = new TreeMap<>();
  private final NavigableMap<Integer, AssignedPartition> assigned = new TreeMap<>();
  private final TreeSet<Integer> reopen = new TreeSet<>();

  /** Partitions that the watch stream of this session was asked for. */
  private final TreeSet<Integer> watched = new TreeSet<>();

  /** Partition to the number of the batch that holds its last step. */
  private final TreeMap<Integer, Long> leaving = new TreeMap<>();

  private final DroppedPartitions dropped = new DroppedPartitions();

  private final PendingBatches pending = new PendingBatches();
  private final EventColumns scratch = new EventColumns(1024);
  private boolean registered;
  private boolean draining;
  private boolean released;
  private long lastPush = Long.MIN_VALUE / 2;
  private long lastReopen = Long.MIN_VALUE / 2;

  /** The partition that is served first: one that got too little in the step before. */
  private int firstServed;

  /**
   * @param specs from canonical text; equal texts should get the same object
   */
  public NodeCore(NodeLimits limits, Function<String, Occurrences> specs) {
    this.limits = limits;
    this.specs = specs;
  }

  /** A session stands: what is pending goes out again. Partitions follow with the assignment. */
  public List<NodeCommand> onRegistered() {
    registered = true;
    watched.clear();
    List<NodeCommand> commands = new ArrayList<>();
    for (FireBatch batch : pending.all()) {
      commands.add(new NodeCommand.Push(batch));
    }
    return commands;
  }

  /** The session is gone. The node ticks on. */
  public void onSessionLost() {
    registered = false;
    watched.clear();
  }

  /** The node wants to leave. Nothing changes until the master takes the partitions back. */
  public void onDrain() {
    draining = true;
  }

  /** The master has given everything away. */
  public void onReleased() {
    released = true;
  }

  /** A drained node that owes nothing: it may stop. */
  public boolean isDone() {
    return draining && released && pending.size() == 0;
  }

  /** What the node is to own, in full. */
  public List<NodeCommand> onAssignment(Collection<AssignedPartition> partitions) {
    assigned.clear();
    for (AssignedPartition partition : partitions) {
      assigned.put(partition.partition(), partition);
    }
    List<NodeCommand> commands = new ArrayList<>();
    List<Integer> closing = new ArrayList<>();
    for (PartitionRunner runner : List.copyOf(runners.values())) {
      if (!goesOn(runner, assigned.get(runner.partition()))) {
        drop(runner.partition(), closing);
      }
    }
    int ended = closing.size();
    closing.removeIf(assigned::containsKey);
    if (!closing.isEmpty()) {
      commands.add(new NodeCommand.Close(closing));
    }
    List<NodeCommand.PartitionAt> opening = new ArrayList<>();
    int releasing = 0;
    int standbys = 0;
    for (AssignedPartition wanted : assigned.values()) {
      releasing += wanted.release() ? 1 : 0;
      standbys += wanted.standby() ? 1 : 0;
      openIfNeeded(wanted, opening);
    }
    if (!opening.isEmpty()) {
      commands.add(new NodeCommand.Open(opening));
    }
    commands.add(
        new NodeCommand.Announce(
            "assignment: owns %d partitions, opened %d, dropped %d, releasing %d, standby of %d"
                .formatted(assigned.size() - standbys, opening.size(), ended, releasing, standbys),
            false));
    return commands;
  }

  /** Whether a runner is what is wanted, or can become it at once. */
  private boolean goesOn(PartitionRunner runner, AssignedPartition wanted) {
    if (wanted == null) {
      return false;
    }
    // One that was listed in an earlier session may have missed changes.
    boolean loaded = watched.contains(runner.partition()) && runner.canBePromoted();
    if (loaded && !wanted.standby()) {
      runner.promote(wanted.epoch(), wanted.watermark(), wanted.applied());
    }
    return runner.standby() == wanted.standby()
        && (wanted.standby() || wanted.epoch() == runner.epoch());
  }

  private void openIfNeeded(AssignedPartition wanted, List<NodeCommand.PartitionAt> opening) {
    int partition = wanted.partition();
    PartitionRunner runner = runners.get(partition);
    if (runner == null) {
      if (dropped.isUnsettled(wanted, pending)) {
        reopen.add(partition);
        return;
      }
      reopen.remove(partition);
      dropped.forget(partition);
      runner = new PartitionRunner(partition, wanted.epoch(), wanted.standby(), specs);
      runners.put(partition, runner);
    }
    boolean leavesAsItIs = runner.finished() || (wanted.release() && runner.ready());
    if (registered && !leavesAsItIs && watched.add(partition)) {
      runner.onOpened(wanted.epoch());
      opening.add(new NodeCommand.PartitionAt(partition, wanted.epoch()));
    }
  }

  /** News from the watch stream. */
  public List<NodeCommand> onPartitionUpdate(PartitionUpdate update) {
    PartitionRunner runner = runners.get(update.partition());
    if (runner == null || runner.watchEpoch() != update.epoch()) {
      return List.of();
    }
    if (update.refused()) {
      drop(update.partition(), new ArrayList<>());
      return List.of(
          new NodeCommand.Announce(
              "partition %d dropped: the master refuses it under epoch %d"
                  .formatted(update.partition(), update.epoch()),
              false));
    }
    String before = runner.fault();
    runner.onUpdate(update);
    if (runner.fault() != null && before == null) {
      return List.of(
          new NodeCommand.Announce(
              "partition %d stands still: %s".formatted(update.partition(), runner.fault()), true));
    }
    if (runner.isLittered() && registered) {
      return List.of(new NodeCommand.Open(List.of(runner.listAnew())));
    }
    return List.of();
  }

  /** All batches up to a number are settled, apart from these refusals recorded. */
  public List<NodeCommand> onAcknowledged(long upTo, List<Refusal> refusals) {
    pending.acknowledge(upTo);
    List<NodeCommand> commands = new ArrayList<>();
    List<Integer> closing = new ArrayList<>();
    for (Refusal refusal : refusals) {
      PartitionRunner runner = runners.get(refusal.partition());
      if (runner == null || runner.standby() || runner.epoch() != refusal.epoch()) {
        continue;
      }
      if (refusal.reason() == Refusal.Reason.STALE_EPOCH) {
        drop(refusal.partition(), closing);
      } else {
        drop(refusal.partition(), new ArrayList<>());
        reopen.add(refusal.partition());
      }
      commands.add(
          new NodeCommand.Announce(
              "partition %d epoch %d refused: %s"
                  .formatted(refusal.partition(), refusal.epoch(), refusal.reason()),
              refusal.reason() != Refusal.Reason.STALE_EPOCH));
    }
    for (PartitionRunner runner : runners.values()) {
      runner.onSettled(upTo);
    }
    for (Map.Entry<Integer, Long> entry : List.copyOf(leaving.entrySet())) {
      if (entry.getValue() <= upTo) {
        drop(entry.getKey(), closing);
        AssignedPartition wanted = assigned.get(entry.getKey());
        if (wanted != null && !wanted.release()) {
          // The release was taken back while the last step was under way.
          reopen.add(entry.getKey());
        } else {
          assigned.remove(entry.getKey());
        }
      }
    }
    if (!closing.isEmpty()) {
      commands.add(new NodeCommand.Close(closing));
    }
    return commands;
  }

  private void drop(int partition, List<Integer> closing) {
    PartitionRunner runner = runners.remove(partition);
    if (runner != null) {
      dropped.add(partition, runner.epoch(), pending.nextNumber() - 1);
    }
    leaving.remove(partition);
    reopen.remove(partition);
    pending.drop(partition);
    if (watched.remove(partition)) {
      closing.add(partition);
    }
  }

  /** Takes what is due. At most one batch, and that kept until it is acknowledged. */
  public List<NodeCommand> tick(long now) {
    List<NodeCommand> commands = new ArrayList<>(2);
    openAgain(now, commands);
    if (now < lastPush + limits.spacingMicros() || isFull()) {
      return commands;
    }
    List<BatchPart> parts = new ArrayList<>();
    boolean tellIdle = anyIdle(now);
    int budget = (int) Math.min(limits.eventsPerBatch(), limits.pendingEvents() - pending.weight());
    int starved = -1;
    int sharers = due(now);
    for (PartitionRunner runner : fromFirstServed()) {
      if (!runner.ready()) {
        continue;
      }
      AssignedPartition wanted = assigned.get(runner.partition());
      boolean last = wanted != null && wanted.release();
      boolean due = runner.nextDue() <= now;
      if (due && budget <= 0) {
        starved = starved < 0 ? runner.partition() : starved;
        continue;
      }
      boolean idle = tellIdle && runner.watermark() <= now - limits.idleMicros() / 2;
      if (due || last || idle) {
        // A share of each, so that what is due first goes first when not all can go at once.
        int share = Math.max(LEAST_SHARE, budget / Math.max(1, sharers));
        int most = Math.min(Math.min(limits.eventsPerPartition(), share), Math.max(1, budget));
        sharers -= due ? 1 : 0;
        BatchPart part = runner.take(now, most, last, scratch);
        if (part != null) {
          parts.add(part);
          budget -= part.weight();
        }
      }
    }
    firstServed = starved < 0 ? firstServed : starved;
    if (!parts.isEmpty()) {
      commands.addAll(push(parts, now));
    }
    return commands;
  }

  private List<NodeCommand> push(List<BatchPart> parts, long now) {
    FireBatch batch = pending.add(parts);
    lastPush = now;
    for (BatchPart part : parts) {
      runners.get(part.partition()).onPushed(batch.number());
      if (part.last()) {
        leaving.put(part.partition(), batch.number());
      }
    }
    return registered ? List.of(new NodeCommand.Push(batch)) : List.of();
  }

  private void openAgain(long now, List<NodeCommand> commands) {
    if (reopen.isEmpty() || !registered || now < lastReopen + REOPEN_SPACING_MICROS) {
      return;
    }
    List<NodeCommand.PartitionAt> opening = new ArrayList<>();
    for (int partition : List.copyOf(reopen)) {
      AssignedPartition wanted = assigned.get(partition);
      if (wanted == null) {
        reopen.remove(partition);
      } else {
        openIfNeeded(wanted, opening);
      }
    }
    if (!opening.isEmpty()) {
      lastReopen = now;
      commands.add(new NodeCommand.Open(opening));
    }
  }

  /** How many partitions have something due. */
  private int due(long now) {
    int count = 0;
    for (PartitionRunner runner : runners.values()) {
      count += runner.ready() && runner.nextDue() <= now ? 1 : 0;
    }
    return count;
  }

  private List<PartitionRunner> fromFirstServed() {
    List<PartitionRunner> order = new ArrayList<>(runners.size());
    order.addAll(runners.tailMap(firstServed, true).values());
    order.addAll(runners.headMap(firstServed, false).values());
    return order;
  }

  private boolean isFull() {
    return pending.size() >= limits.pendingBatches() || pending.weight() >= limits.pendingEvents();
  }

  private boolean anyIdle(long now) {
    for (PartitionRunner runner : runners.values()) {
      if (runner.ready() && runner.watermark() <= now - limits.idleMicros()) {
        return true;
      }
    }
    return false;
  }

  /** When {@link #tick} has something to do, if no input comes before; at most a slice away. */
  public long nextWakeMicros(long now) {
    long slice = now + SLICE_MICROS;
    long wake = slice;
    for (int partition : reopen) {
      AssignedPartition wanted = assigned.get(partition);
      if (registered && wanted != null && !dropped.isUnsettled(wanted, pending)) {
        wake = Math.min(wake, Math.max(now, lastReopen + REOPEN_SPACING_MICROS));
      }
    }
    if (isFull()) {
      return wake;
    }
    long next = slice;
    for (PartitionRunner runner : runners.values()) {
      if (!runner.ready()) {
        continue;
      }
      AssignedPartition wanted = assigned.get(runner.partition());
      boolean last = wanted != null && wanted.release();
      long due = Math.min(runner.nextDue(), runner.watermark() + limits.idleMicros());
      next = Math.min(next, Math.max(last ? now : due, runner.watermark() + 1));
    }
    next = Math.max(Math.max(next, now), lastPush + limits.spacingMicros());
    return Math.min(wake, next);
  }

  /** For heartbeats, metrics and assertions. */
  public NodeReport report() {
    return NodeReport.of(registered, draining, runners.values(), pending);
  }
}
