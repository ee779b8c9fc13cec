package io.carillon.clocknode.core;

import io.carillon.clocknode.core.PartitionUpdate.Close;
import io.carillon.clocknode.core.PartitionUpdate.Revision;
import io.carillon.clocknode.core.PartitionUpdate.SnapshotStart;
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
    long nominal = 0;
    for (int i = 0; i < schedule.size(); i++) {
      nominal += deltas.get(i);
      columns.add(schedule.get(i), nominal, version.get(i));
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

  /** A new schedule, from now on. */
  public PartitionUpdate create(int partition, String spec, long window, long now) {
    Partition p = partitions[partition];
    long effective = Math.max(now, p.watermark);
    return news(partition, List.of(open(p, nextSchedule++, effective, spec, window)), List.of());
  }

  /** Closes some open revision, and with a spec opens the next of its schedule; null if none is. */
  public PartitionUpdate change(
      int partition, String spec, long window, long now, SplittableRandom random) {
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
            Math.max(old.validFrom(), effective),
            old.spec(),
            old.window()));
    List<Revision> opened = List.of();
    if (spec == null) {
      p.version++;
    } else {
      // "Pause until" closes at once and opens later.
      long from = effective + (random.nextInt(4) == 0 ? random.nextLong(2_000_000) : 0);
      opened = List.of(open(p, old.schedule(), from, spec, window));
    }
    return news(partition, opened, List.of(new Close(old.schedule(), old.version(), effective)));
  }

  private static Revision open(Partition p, long schedule, long from, String spec, long window) {
    Revision revision = new Revision(schedule, ++p.version, from, Long.MAX_VALUE, spec, window);
    p.revisions.put(revision.version(), revision);
    return revision;
  }

  private PartitionUpdate news(int partition, List<Revision> opened, List<Close> closed) {
    Partition p = partitions[partition];
    return new PartitionUpdate(partition, p.epoch, null, opened, closed, p.version, false);
  }

  /** The snapshot that answers an open, in chunks. */
  public List<PartitionUpdate> list(int partition, long epoch, int chunk) {
    Partition p = partitions[partition];
    if (p.epoch != epoch) {
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
    for (int i = 0; i < part.events().size(); i++) {
      Key key = new Key(part.events().nominal(i), part.events().schedule(i));
      check(before == null || before.compareTo(key) < 0, "out of order", part);
      before = key;
      record(p, part, key.schedule, part.events().version(i), key.nominal);
    }
    for (SkippedRun run : part.skipped()) {
      skippedRuns++;
      Revision revision = p.revisions.get(run.version());
      Occurrences spec = specs.apply(revision.spec());
      check(run.lastNominal() < now - revision.window(), "skipped too early", part);
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

  private void record(Partition p, BatchPart part, long schedule, long version, long nominal) {
    Revision revision = p.revisions.get(version);
    check(revision != null && revision.schedule() == schedule, "no such revision", part);
    if (nominal > revision.validTo()) {
      // Closed while the node did not know: the one thing that it may get wrong.
      refusedEvents++;
      return;
    }
    long lower =
        version <= p.applied ? Math.max(p.watermark, revision.validFrom()) : revision.validFrom();
    check(version <= part.appliedVersion(), "of a version that is not applied", part);
    check(
        nominal > lower && nominal <= part.newWatermark(),
        nominal + " of " + revision + " outside, applied " + p.applied + ", lower " + lower,
        part);
    check(specs.apply(revision.spec()).matches(nominal), nominal + " is not nominal", part);
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
        for (long at = spec.nextAfter(revision.validFrom()); at <= upTo; at = spec.nextAfter(at)) {
          expected++;
          Long version = ledger.get(new Key(at, revision.schedule()));
          check(version != null, revision.schedule() + "@" + at + " missing", revision);
          check(version == revision.version(), "of another revision", revision);
        }
      }
    }
    check(expected == ledger.size(), ledger.size() + " recorded, expected " + expected, null);
  }

  private static void check(boolean holds, String what, Object about) {
    if (!holds) {
      throw new AssertionError(what + ": " + about);
    }
  }
}
