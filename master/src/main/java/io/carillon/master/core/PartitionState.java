package io.carillon.master.core;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.agrona.collections.Long2ObjectHashMap;

/** One partition as the leader knows it: its owner, what is recorded of it, and its schedules. */
final class PartitionState {

  /** Less than this is no progress: a node that crawls stands still. */
  private static final long LEAST_STEP = 50_000;

  final int id;

  /** Node id; null while nobody owns it. */
  String owner;

  long epoch;
  long watermark;
  long applied;

  /** Where the latest commit takes it: beyond the watermark while that commit is under way. */
  long takenWatermark;

  long takenApplied;

  /**
   * The highest version given to a mutation of its schedules; from 1, so that a mark is never 0.
   */
  long version = 1;

  /**
   * The highest version of a durable mutation. Every one below is durable too, or will never be.
   */
  long durableVersion = 1;

  /** The owner's session that hears of its mutations; null: none does. */
  Watch watch;

  /** The node that keeps it loaded, and would get it next; null: none. Never the owner. */
  String standby;

  Watch standbyWatch;

  /** The owner has been asked for its last batch. */
  boolean releasing;

  /** The owner has asked for a snapshot, and recorded nothing since. */
  boolean loading;

  /** For how long it has been the owner's turn since it recorded something. */
  long stalled;

  /** Up to where it was recorded at the last step that counted as one. */
  private long steppedTo;

  /**
   * What stands in the way of its commits; null: nothing. Nobody owns it then, nothing of it is
   * recorded, and all else goes on.
   */
  String quarantine;

  long quarantinedAt;

  /** What a repair found in the log beyond the watermark; null: nothing. */
  StandingFires standing;

  /** What waits for the fire lane, in the order in which it came. */
  final ArrayDeque<QueuedPart> queue = new ArrayDeque<>();

  /** Never iterated but through {@link #revisions}, which sorts. */
  private final Long2ObjectHashMap<ScheduleEntry> entries = new Long2ObjectHashMap<>();

  /** Schedules with closed revisions, oldest closing first. */
  private final ArrayDeque<ScheduleEntry> closing = new ArrayDeque<>();

  /**
   * A session that hears of mutations. It knows them by the epoch that it asked for them with: if a
   * standby becomes the owner it goes on hearing under that one, so nothing is lost between.
   */
  record Watch(long session, long epoch) {}

  /** A pushed part and the batch that waits for it. */
  record QueuedPart(PushedBatch batch, PushedPart part) {}

  PartitionState(int id) {
    this.id = id;
  }

  /** Who hears of its mutations. */
  List<Watch> watches() {
    List<Watch> watches = new ArrayList<>(2);
    if (watch != null) {
      watches.add(watch);
    }
    if (standbyWatch != null) {
      watches.add(standbyWatch);
    }
    return watches;
  }

  void unwatch(long session) {
    if (watch != null && watch.session() == session) {
      watch = null;
    }
    if (standbyWatch != null && standbyWatch.session() == session) {
      standbyWatch = null;
    }
  }

  /** It belongs to another, or to the same under another epoch. */
  void pass(String newOwner, long newOwnerSession, long newEpoch) {
    boolean wasStandby =
        standbyWatch != null
            && newOwner != null
            && newOwner.equals(standby)
            && standbyWatch.session() == newOwnerSession;
    watch = wasStandby ? standbyWatch : null;
    if (newOwner != null && newOwner.equals(standby)) {
      standby = null;
      standbyWatch = null;
    }
    owner = newOwner;
    epoch = newEpoch;
    loading = false;
    stalled = 0;
  }

  ScheduleEntry entry(long schedule) {
    return entries.get(schedule);
  }

  ScheduleEntry entryOrNew(long schedule) {
    return entries.computeIfAbsent(schedule, ScheduleEntry::new);
  }

  void forget(ScheduleEntry entry) {
    entries.remove(entry.schedule);
  }

  int scheduleCount() {
    return entries.size();
  }

  /** What is recorded of it, as the store says. */
  void restore(String storedOwner, long storedEpoch, long recordedTo, long recordedApplied) {
    owner = storedOwner;
    epoch = storedEpoch;
    watermark = recordedTo;
    applied = recordedApplied;
    steppedTo = recordedTo;
    takenWatermark = recordedTo;
    takenApplied = recordedApplied;
    version = Math.max(version, recordedApplied);
    durableVersion = version;
  }

  /** A schedule, with the version of its latest mutation. */
  void restore(long schedule, long latest, boolean deleted) {
    version = Math.max(version, latest);
    durableVersion = version;
    if (!deleted) {
      entryOrNew(schedule).version = latest;
    }
  }

  /** It goes on from what is stored now, which is not what this leader wrote. */
  void reread(StoredPartition stored) {
    epoch = stored.epoch();
    watermark = stored.watermark();
    applied = stored.applied();
    steppedTo = watermark;
    takenWatermark = watermark;
    takenApplied = applied;
    version = Math.max(version, applied);
    durableVersion = Math.max(durableVersion, applied);
    standing = stored.standing().size() == 0 ? null : stored.standing();
    quarantine = null;
  }

  /** Whether a nominal time stands in the log though the watermark has not reached it. */
  boolean stands(long schedule, long nominal) {
    return standing != null && standing.holds(schedule, nominal);
  }

  /** A revision from the store: kept if it is open, or owes. Its schedule may be deleted. */
  void restore(Revision revision) {
    boolean open = revision.validTo() == Revision.OPEN;
    if (!open && !revision.owes(watermark, applied)) {
      return;
    }
    ScheduleEntry entry = entries.get(revision.schedule());
    if (entry == null) {
      entry = entryOrNew(revision.schedule());
      entry.deleted = true;
    }
    if (open) {
      entry.open = revision;
    } else {
      addClosed(entry, revision);
    }
  }

  void addClosed(ScheduleEntry entry, Revision closed) {
    entry.addOwing(closed);
    closing.add(entry);
  }

  /** After a commit: the closed revisions that it settled are no longer needed. */
  void advance(long newWatermark, long newApplied) {
    watermark = newWatermark;
    applied = newApplied;
    if (watermark - steppedTo >= LEAST_STEP) {
      steppedTo = watermark;
      loading = false;
      stalled = 0;
    }
    for (int n = closing.size(); n > 0; n--) {
      ScheduleEntry entry = closing.poll();
      entry.settle(watermark, applied);
      if (!entry.owing().isEmpty()) {
        closing.add(entry);
      } else if (entry.isForgettable()) {
        forget(entry);
      }
    }
  }

  /** Every revision that is open or still owes, by schedule and version. */
  List<Revision> revisions() {
    List<Revision> all = new ArrayList<>(entries.size());
    for (ScheduleEntry entry : entries.values()) {
      if (entry.open != null) {
        all.add(entry.open);
      }
      all.addAll(entry.owing());
    }
    all.sort(Comparator.comparingLong(Revision::schedule).thenComparingLong(Revision::version));
    return all;
  }
}
