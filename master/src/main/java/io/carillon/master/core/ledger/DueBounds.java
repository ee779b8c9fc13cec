package io.carillon.master.core.ledger;

import io.carillon.common.schedule.Occurrences;
import io.carillon.master.core.Revision;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Which schedules need not be looked at yet: of each one, as its revisions were when they were last
 * read, a nominal time before which it owes nothing that was not checked. That stays true until it
 * has a new revision, as all that can happen to one is that it ends; and new revisions have
 * versions above those that the last look spoke for. So a look reads what is due by its bound and
 * what is above that version, and finds what it would find if it read all.
 *
 * <p>That there may be new ones, the applied version says; which are new, the highest version that
 * was read. Computed from revisions alone, and only a memory: what is not known is read. It takes
 * 16 to 27 bytes a schedule. Of one thread.
 */
public final class DueBounds {

  /** Where so many of the schedules are due, reading all in a row is cheaper than each by key. */
  private static final int WHOLE_IF_DUE_IS_ONE_OF = 4;

  private final TreeMap<Integer, Part> parts = new TreeMap<>();

  /** The schedules of a partition, by number, as a look that went so far left them. */
  private static final class Part {
    private static final int LEAST = 16;

    private Settled seen;

    /** The highest version that was read of those that the look speaks for. */
    private long known = Long.MIN_VALUE;

    private long[] schedules = new long[LEAST];
    private long[] bounds = new long[LEAST];
    private int size;
    private int done;

    void learn(long schedule, long version, long bound) {
      known = Math.max(known, version);
      if (bound != Occurrences.NEVER) {
        lower(schedule, bound);
      }
    }

    /** Lowers the bound of a schedule; one that is new comes mostly behind all others. */
    private void lower(long schedule, long bound) {
      int at =
          size == 0 || schedules[size - 1] < schedule
              ? -size - 1
              : Arrays.binarySearch(schedules, 0, size, schedule);
      if (at < 0) {
        insert(-at - 1, schedule, bound);
      } else if (bound < bounds[at]) {
        done -= bounds[at] == Occurrences.NEVER ? 1 : 0;
        bounds[at] = bound;
      }
    }

    private void insert(int at, long schedule, long bound) {
      if (size == schedules.length) {
        int room = size + size / 4 + LEAST;
        schedules = Arrays.copyOf(schedules, room);
        bounds = Arrays.copyOf(bounds, room);
      }
      System.arraycopy(schedules, at, schedules, at + 1, size - at);
      System.arraycopy(bounds, at, bounds, at + 1, size - at);
      schedules[at] = schedule;
      bounds[at] = bound;
      size++;
    }

    /** It was read: what is learned of it takes the place of its bound. */
    void lift(int at) {
      bounds[at] = Occurrences.NEVER;
      done++;
    }

    /** Drops those that owe nothing any more, once they are many. */
    void pack() {
      if (done <= size / 4) {
        return;
      }
      int kept = 0;
      for (int i = 0; i < size; i++) {
        if (bounds[i] != Occurrences.NEVER) {
          schedules[kept] = schedules[i];
          bounds[kept++] = bounds[i];
        }
      }
      size = kept;
      done = 0;
    }
  }

  /** How many schedules are remembered. */
  public int size() {
    return parts.values().stream().mapToInt(part -> part.size).sum();
  }

  /** The next look at a partition reads all of it. */
  public void forget(int partition) {
    parts.remove(partition);
  }

  /**
   * Begins a look at what came due in some partitions.
   *
   * @param before how far each of them was checked
   * @param after how far it will be when this look is done
   */
  public Look look(Map<Integer, Settled> before, Map<Integer, Settled> after) {
    return new Look(before, after);
  }

  /** What a look has to read, and what it learns; nothing of that counts until it is kept. */
  public final class Look {
    private final Map<Integer, Settled> after;
    private final List<Integer> whole = new ArrayList<>();
    private final List<Integer> grown = new ArrayList<>();
    private final TreeMap<Integer, Part> anew = new TreeMap<>();
    private final TreeMap<Integer, int[]> due = new TreeMap<>();
    private final List<Learned> learned = new ArrayList<>();
    private int dueCount;

    private record Learned(Part part, long schedule, long version, long bound) {}

    private Look(Map<Integer, Settled> before, Map<Integer, Settled> after) {
      this.after = after;
      int known = 0;
      for (Map.Entry<Integer, Settled> one : after.entrySet()) {
        int partition = one.getKey();
        Settled seen = before.get(partition);
        Part part = parts.get(partition);
        if (part == null
            || !part.seen.equals(seen)
            || one.getValue().appliedVersion() < seen.appliedVersion()
            || one.getValue().watermark() < seen.watermark()) {
          whole.add(partition);
          continue;
        }
        if (one.getValue().appliedVersion() > seen.appliedVersion()) {
          grown.add(partition);
        }
        known += part.size;
        addDue(partition, part, one.getValue().watermark());
      }
      if (dueCount > known / WHOLE_IF_DUE_IS_ONE_OF) {
        whole.clear();
        whole.addAll(after.keySet());
        grown.clear();
        due.clear();
        dueCount = 0;
      }
      whole.forEach(partition -> anew.put(partition, new Part()));
    }

    private void addDue(int partition, Part part, long upTo) {
      int[] found = new int[16];
      int count = 0;
      for (int i = 0; i < part.size; i++) {
        if (part.bounds[i] <= upTo) {
          if (count == found.length) {
            found = Arrays.copyOf(found, 2 * count);
          }
          found[count++] = i;
        }
      }
      if (count > 0) {
        due.put(partition, Arrays.copyOf(found, count));
        dueCount += count;
      }
    }

    /** Of these partitions all revisions that hold, or ended and were not checked to their end. */
    public List<Integer> whole() {
      return whole;
    }

    /** Of these partitions, which may have new ones, those above {@link #knownVersion}. */
    public List<Integer> grown() {
      return grown;
    }

    /** Partitions that have schedules of which something may be due. */
    public Iterable<Integer> withDue() {
      return due.keySet();
    }

    /** Those schedules: their revisions up to {@link #knownVersion} are to be read. */
    public long[] due(int partition) {
      Part part = parts.get(partition);
      return Arrays.stream(due.get(partition)).mapToLong(at -> part.schedules[at]).toArray();
    }

    public int dueCount() {
      return dueCount;
    }

    /** The revisions of the partition above this version are not known. */
    public long knownVersion(int partition) {
      return parts.get(partition).known;
    }

    /** A revision was read and is checked now. */
    public void read(Revision revision, int partition) {
      Settled seen = after.get(partition);
      if (revision.version() > seen.appliedVersion()) {
        // It owes nothing yet, and is read again when it does.
        return;
      }
      long bound = Owed.nextUnseen(revision, seen);
      Part fresh = anew.get(partition);
      if (fresh != null) {
        fresh.learn(revision.schedule(), revision.version(), bound);
      } else {
        Part part = parts.get(partition);
        learned.add(new Learned(part, revision.schedule(), revision.version(), bound));
      }
    }

    /** The look is done, and how far it went is stored. */
    public void keep() {
      parts.putAll(anew);
      due.forEach(
          (partition, places) -> {
            Part part = parts.get(partition);
            for (int at : places) {
              part.lift(at);
            }
          });
      learned.forEach(one -> one.part().learn(one.schedule(), one.version(), one.bound()));
      after.forEach(
          (partition, seen) -> {
            parts.get(partition).seen = seen;
            parts.get(partition).pack();
          });
    }
  }
}
