package io.carillon.common.schedule;

import io.carillon.common.cron.LocalTimes;
import java.time.Instant;
import java.time.ZoneId;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import java.util.Arrays;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * The offsets of a zone from 1900 to 2099 as two arrays: segments of elapsed time, each with one
 * offset. All in seconds. Immutable; one per zone id for the life of the process (a few KB each,
 * some 600 ids).
 *
 * <p>Holds for every zone known: changes lie days apart and move the clock by a day at most, so a
 * local time that a change leaves out or repeats touches two neighbouring segments only.
 */
final class ZoneTable {

  private static final ConcurrentMap<String, ZoneTable> TABLES = new ConcurrentHashMap<>();

  /** Before and after all that is asked for, and far from overflow. */
  private static final long FAR = 1L << 60;

  private static final int DAY = 86_400;

  /** Begin of each segment, in seconds since 1970; one more at the end. */
  private final long[] starts;

  private final int[] offsets;

  private ZoneTable(long[] starts, int[] offsets) {
    this.starts = starts;
    this.offsets = offsets;
  }

  static ZoneTable of(ZoneId zone) {
    ZoneTable table = TABLES.get(zone.getId());
    return table != null
        ? table
        : TABLES.computeIfAbsent(zone.getId(), id -> tabulate(zone.getRules()));
  }

  private static ZoneTable tabulate(ZoneRules rules) {
    // A day further than the local times reach, as offsets are less than a day.
    Instant from = Instant.ofEpochSecond(LocalTimes.BEGIN - DAY);
    Instant to = Instant.ofEpochSecond(LocalTimes.END + DAY);
    long[] starts = new long[16];
    int[] offsets = new int[16];
    int size = 1;
    starts[0] = -FAR;
    offsets[0] = rules.getOffset(from).getTotalSeconds();
    ZoneOffsetTransition change = rules.isFixedOffset() ? null : rules.nextTransition(from);
    while (change != null && change.getInstant().isBefore(to)) {
      if (size + 1 == starts.length) {
        starts = Arrays.copyOf(starts, size * 2);
        offsets = Arrays.copyOf(offsets, size * 2);
      }
      starts[size] = change.toEpochSecond();
      offsets[size] = change.getOffsetAfter().getTotalSeconds();
      size++;
      change = rules.nextTransition(change.getInstant());
    }
    starts[size] = FAR;
    return new ZoneTable(Arrays.copyOf(starts, size + 1), Arrays.copyOf(offsets, size));
  }

  int size() {
    return offsets.length;
  }

  /** The segment that an instant lies in. */
  int segmentAt(long second) {
    int low = 0;
    int high = offsets.length;
    while (high - low > 1) {
      int middle = (low + high) >>> 1;
      if (starts[middle] <= second) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /** The last second of the local year 2099. */
  long lastSecond() {
    return LocalTimes.END - 1 - offsets[offsets.length - 1];
  }

  /** First second of a segment. */
  long start(int segment) {
    return starts[segment];
  }

  /** First second after a segment. */
  long end(int segment) {
    return starts[segment + 1];
  }

  /** Local time minus UTC within a segment. */
  int offset(int segment) {
    return offsets[segment];
  }

  /**
   * By how much the clock is put forward as a segment begins; negative if back, 0 for the first.
   */
  int shift(int segment) {
    return segment == 0 ? 0 : offsets[segment] - offsets[segment - 1];
  }

  /** 1 or 2 if an instant's local time comes twice and this is that pass; else 0. */
  int passOf(long second) {
    int segment = segmentAt(second);
    if (second < starts[segment] - shift(segment)) {
      return 2;
    }
    boolean repeats = segment + 1 < size() && second >= end(segment) + shift(segment + 1);
    return repeats ? 1 : 0;
  }
}
