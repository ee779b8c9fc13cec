package io.carillon.clocknode.core;

import io.carillon.clocknode.core.PartitionUpdate.Close;
import io.carillon.clocknode.core.PartitionUpdate.Revision;
import io.carillon.clocknode.core.PartitionUpdate.SnapshotStart;
import io.carillon.common.schedule.CatchUp;
import io.carillon.common.schedule.Occurrences;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * The master as plainly as it can be said: revisions, compare-and-set of watermarks, and a ledger
 * that holds each nominal time once. Breaks with an {@link AssertionError} when a node does what it
 * must not. Safe for one thread at a time.
 */
public final class ModelMaster {

  /** A nominal time of a schedule. */
  public record Key(long nominal, long schedule) implements Comparable<Key> {
    @Override
    public int compareTo(Key other) {
      return nominal != other.nominal
          ? Long.compare(nominal, other.nominal)
          : Long.compare(schedule, other.schedule);
    }
  }

  private static final class Partition {
    private long epoch = 1;
    private long watermark;
    private long applied = 1;
    private long version = 1;
    private final Map<Long, Revision> revisions = new TreeMap<>();

    /** Version of a revision to that of the mutation that closed it. */
    private final Map<Long, Long> closedBy = new TreeMap<>();
  }

  private final Partition[] partitions;
  private final Function<String, Occurrences> specs;
  private final TreeMap<Key, Long> ledger = new TreeMap<>();
  private long nextSchedule = 1;
  private long refusedEvents;
  private long skippedRuns;

  /**
   * @param specs what a spec's text means
   */
  public ModelMaster(int count, long watermark, Function<String, Occurrences> specs) {
    this.specs = specs;
    partitions = new Partition[count];
    for (int i = 0; i < count; i++) {
      partitions[i] = new Partition();
      partitions[i].watermark = watermark;
    }
  }

  /** Columns as they came in. */
  public static EventColumns columns(List<Long> schedule, List<Long> deltas, List<Long> version) {
    EventColumns columns = new EventColumns(schedule.size());
    long due = 0;
    for (int i = 0; i < schedule.size(); i++) {
      due += deltas.get(i);
      columns.add(schedule.get(i), due, version.get(i));
    }
    return columns;
  }

  public long epoch(int partition) {
    return partitions[partition].epoch;
  }

  /** The partition changes hands: whoever had it is fenced. */
  public void raiseEpoch(int partition) {
    partitions[partition].epoch++;
  }

  public long fired() {
    return ledger.size();
  }

  public long refusedEvents() {
    return refusedEvents;
  }

  public long skippedRuns() {
    return skippedRuns;
  }

  public long watermark(int partition) {
    return partitions[partition].watermark;
  }

  public long applied(int partition) {
    return partitions[partition].applied;
  }

  /** Another node owns the partition, and all that is due is recorded at once. */
  public void recordAll(int partition, long now) {
    Partition p = partitions[partition];
    for (Revision revision : p.revisions.values()) {
      Occurrences times = specs.apply(revision.spec());
      long lower =
          revision.version() <= p.applied
              ? Math.max(p.watermark, revision.validFrom())
              : revision.validFrom();
      long upTo = Math.min(now, revision.validTo());
      long at = times.nextAfter(Math.min(revision.validFrom(), since(revision)));
      for (; at <= upTo; at = times.nextAfter(at)) {
        long due = times.dueOf(revision.schedule(), at);
        if (due > lower && due <= upTo && at > revision.nominalAfter()) {
          Long earlier = ledger.put(new Key(at, revision.schedule()), revision.version());
          check(earlier == null, revision.schedule() + "@" + at + " twice", revision);
        }
      }
    }
    p.watermark = now;
    p.applied = p.version;
  }

  /** A new schedule, from now on. */
  public PartitionUpdate create(int partition, String spec, CatchUp catchUp, long now) {
    Partition p = partitions[partition];
    long effective = Math.max(now, p.watermark);
    Revision opened = open(p, nextSchedule++, effective, spec, catchUp, effective);
    return news(partition, List.of(opened), List.of());
  }

  /** Closes some open revision, and with a spec opens the next of its schedule; null if none is. */
  public PartitionUpdate change(
      int partition, String spec, CatchUp catchUp, long now, SplittableRandom random) {
    Partition p = partitions[partition];
    List<Revision> open =
        p.revisions.values().stream().filter(r -> r.validTo() == Long.MAX_VALUE).toList();
    if (open.isEmpty()) {
      return null;
    }
    Revision old = open.get(random.nextInt(open.size()));
    long effective = Math.max(now, p.watermark);
    p.revisions.put(
        old.version(),
        new Revision(
            old.schedule(),
            old.version(),
            old.validFrom(),
            effective,
            old.spec(),
            old.catchUp(),
            old.nominalAfter()));
    p.closedBy.put(old.version(), p.version + 1);
    List<Revision> opened = List.of();
    if (spec == null) {
      p.version++;
    } else {
      // "Pause until" closes at once and opens later.
      long from = effective + (random.nextInt(4) == 0 ? random.nextLong(2_000_000) : 0);
      opened = List.of(open(p, old.schedule(), from, spec, catchUp, reached(old, effective, from)));
    }
    return news(partition, opened, List.of(new Close(old.schedule(), old.version(), effective)));
  }

  /** Opens some schedule again that a change has closed, from when it was closed; null if none. */
  public PartitionUpdate resume(
      int partition, String spec, CatchUp catchUp, SplittableRandom random) {
    Partition p = partitions[partition];
    TreeMap<Long, Revision> last = new TreeMap<>();
    for (Revision r : p.revisions.values()) {
      // One that was closed before it began owns nothing, and ends nothing.
      if (r.validTo() >= r.validFrom()) {
        last.put(r.schedule(), r);
      }
    }
    last.values().removeIf(r -> r.validTo() == Long.MAX_VALUE);
    if (last.isEmpty()) {
      return null;
    }
    long schedule = List.copyOf(last.keySet()).get(random.nextInt(last.size()));
    Revision closed = last.get(schedule);
    long from = closed.validTo();
    Revision opened = open(p, schedule, from, spec, catchUp, reached(closed, from, from));
    return news(partition, List.of(opened), List.of());
  }

  /** The last nominal time that the closed one may have had, where jitter makes a difference. */
  private long reached(Revision closed, long end, long from) {
    Occurrences times = specs.apply(closed.spec());
    if (times.jitterMicros() == 0) {
      return from;
    }
    long last = closed.nominalAfter();
    if (end > closed.validFrom()) {
      last = Math.max(last, times.nominalDueBy(closed.schedule(), end));
    }
    return Math.min(last, from);
  }

  private Revision open(
      Partition p, long schedule, long from, String spec, CatchUp catchUp, long nominalAfter) {
    long bound = specs.apply(spec).jitterMicros() == 0 ? Long.MIN_VALUE : nominalAfter;
    Revision revision =
        new Revision(schedule, ++p.version, from, Long.MAX_VALUE, spec, catchUp, bound);
    p.revisions.put(revision.version(), revision);
    return revision;
  }

  private PartitionUpdate news(int partition, List<Revision> opened, List<Close> closed) {
    Partition p = partitions[partition];
    return new PartitionUpdate(partition, p.epoch, null, opened, closed, p.version, false);
  }

  /** The snapshot that answers an open, in chunks. */
  public List<PartitionUpdate> list(int partition, long epoch, int chunk) {
    return list(partition, epoch, chunk, false);
  }

  /** The same; a standby may name any epoch. */
  public List<PartitionUpdate> list(int partition, long epoch, int chunk, boolean standby) {
    Partition p = partitions[partition];
    if (p.epoch != epoch && !standby) {
      return List.of(new PartitionUpdate(partition, epoch, null, List.of(), List.of(), 0, true));
    }
    List<PartitionUpdate> updates = new ArrayList<>();
    SnapshotStart start = new SnapshotStart(p.watermark, p.applied);
    updates.add(new PartitionUpdate(partition, epoch, start, List.of(), List.of(), 0, false));
    List<Revision> owing =
        p.revisions.values().stream()
            .filter(r -> r.validTo() > p.watermark || r.version() > p.applied)
            .toList();
    for (int i = 0; i < owing.size(); i += chunk) {
      List<Revision> some = owing.subList(i, Math.min(owing.size(), i + chunk));
      updates.add(new PartitionUpdate(partition, epoch, null, some, List.of(), 0, false));
    }
    updates.add(
        new PartitionUpdate(partition, epoch, null, List.of(), List.of(), p.version, false));
    return updates;
  }

  /** What becomes of a part: a reason, or null if it is recorded now or was before. */
  public Refusal.Reason accept(BatchPart part, long now) {
    Partition p = partitions[part.partition()];
    if (part.epoch() != p.epoch) {
      return Refusal.Reason.STALE_EPOCH;
    }
    check(part.newWatermark() > part.previousWatermark(), "a step that goes nowhere", part);
    if (part.newWatermark() <= p.watermark && part.appliedVersion() <= p.applied) {
      // Recorded before: all it can hold is.
      return null;
    }
    if (part.previousWatermark() != p.watermark || part.previousApplied() != p.applied) {
      return Refusal.Reason.WATERMARK_MISMATCH;
    }
    check(part.newWatermark() <= now, "ahead of cluster time", part);
    check(part.appliedVersion() >= p.applied && part.appliedVersion() <= p.version, "ver", part);
    Key before = null;
    TreeMap<Long, Integer> missed = new TreeMap<>();
    for (int i = 0; i < part.events().size(); i++) {
      long due = part.events().due(i);
      Revision revision = p.revisions.get(part.events().version(i));
      Key key = new Key(due, part.events().schedule(i));
      check(before == null || before.compareTo(key) < 0, "out of order", part);
      before = key;
      check(due >= part.newWatermark() - revision.catchUp().windowMicros(), "not skipped", part);
      if (due < part.newWatermark() - revision.catchUp().graceMicros()) {
        int fired = missed.merge(revision.version(), 1, Integer::sum);
        int limit = revision.catchUp().limit();
        check(limit == CatchUp.NO_LIMIT || fired <= limit, "over the limit of " + revision, part);
      }
      Occurrences times = specs.apply(revision.spec());
      long nominal = times.nominalDueBy(key.schedule, due);
      check(times.dueOf(key.schedule, nominal) == due, "due when none is", part);
      record(p, part, key.schedule, revision.version(), nominal);
    }
    for (SkippedRun run : part.skipped()) {
      skippedRuns++;
      Revision revision = p.revisions.get(run.version());
      Occurrences spec = specs.apply(revision.spec());
      checkReason(p, part, run, now);
      long count = 0;
      for (long at = run.firstNominal(); at <= run.lastNominal(); at = spec.nextAfter(at)) {
        count++;
        record(p, part, run.schedule(), run.version(), at);
      }
      check(count == run.count(), "run of " + count + " counted as " + run.count(), part);
    }
    p.watermark = part.newWatermark();
    p.applied = part.appliedVersion();
    return null;
  }

  private void checkReason(Partition p, BatchPart part, SkippedRun run, long now) {
    Revision revision = p.revisions.get(run.version());
    CatchUp catchUp = revision.catchUp();
    Occurrences times = specs.apply(revision.spec());
    long due = times.dueOf(run.schedule(), run.lastNominal());
    long missedUpTo = now - catchUp.graceMicros() - 1;
    boolean allowed =
        switch (run.reason()) {
          case CATCHUP_WINDOW -> due < now - catchUp.windowMicros();
          case CATCHUP_NONE -> catchUp.limit() == 0 && due <= missedUpTo;
          case CATCHUP_LIMIT -> {
            // The node cannot know of an end that was set after the version that it applied.
            boolean knewEnd =
                p.closedBy.getOrDefault(run.version(), Long.MAX_VALUE) <= part.appliedVersion();
            long end = knewEnd ? Math.min(missedUpTo, revision.validTo()) : missedUpTo;
            long following = 0;
            for (long at = times.nextAfter(run.lastNominal());
                at != Occurrences.NEVER && times.dueOf(run.schedule(), at) <= end;
                at = times.nextAfter(at)) {
              following++;
            }
            yield catchUp.limit() >= 1 && following >= catchUp.limit();
          }
          case NONE -> false;
        };
    check(allowed, "skipped too early: " + run + " of " + revision, part);
  }

  private void record(Partition p, BatchPart part, long schedule, long version, long nominal) {
    Revision revision = p.revisions.get(version);
    check(revision != null && revision.schedule() == schedule, "no such revision", part);
    Occurrences times = specs.apply(revision.spec());
    long due = times.dueOf(schedule, nominal);
    if (due > revision.validTo()) {
      // Closed while the node did not know: the one thing that it may get wrong.
      check(p.closedBy.get(version) > part.appliedVersion(), "after an end that it knew", part);
      refusedEvents++;
      return;
    }
    long lower =
        version <= p.applied ? Math.max(p.watermark, revision.validFrom()) : revision.validFrom();
    check(version <= part.appliedVersion(), "of a version that is not applied", part);
    check(
        due > lower && due <= part.newWatermark() && nominal > revision.nominalAfter(),
        nominal
            + " due "
            + due
            + " of "
            + revision
            + " outside, applied "
            + p.applied
            + ", lower "
            + lower,
        part);
    check(times.matches(nominal), nominal + " is not nominal", part);
    Long earlier = ledger.put(new Key(nominal, schedule), version);
    check(earlier == null, schedule + "@" + nominal + " twice", part);
  }

  /** Whether all mutations are applied and all is recorded up to a time. */
  public boolean isUpTo(long time) {
    for (Partition p : partitions) {
      if (p.watermark < time || p.applied < p.version) {
        return false;
      }
    }
    return true;
  }

  /** Once {@link #isUpTo} holds: the ledger is exactly what the revisions say. */
  public void verify() {
    long expected = 0;
    for (Partition p : partitions) {
      for (Revision revision : p.revisions.values()) {
        Occurrences spec = specs.apply(revision.spec());
        long upTo = Math.min(revision.validTo(), p.watermark);
        long at = spec.nextAfter(Math.min(revision.validFrom(), since(revision)));
        for (; at <= upTo; at = spec.nextAfter(at)) {
          long due = spec.dueOf(revision.schedule(), at);
          if (due <= revision.validFrom() || due > upTo || at <= revision.nominalAfter()) {
            continue;
          }
          expected++;
          Long version = ledger.get(new Key(at, revision.schedule()));
          check(version != null, revision.schedule() + "@" + at + " missing", revision);
          check(version == revision.version(), "of another revision", revision);
        }
      }
    }
    check(expected == ledger.size(), ledger.size() + " recorded, expected " + expected, null);
  }

  private static long since(Revision revision) {
    return revision.nominalAfter() == Long.MIN_VALUE ? Long.MAX_VALUE : revision.nominalAfter();
  }

  private static void check(boolean holds, String what, Object about) {
    if (!holds) {
      throw new AssertionError(what + ": " + about);
    }
  }
}
