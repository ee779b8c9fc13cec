package io.carillon.common.schedule;

import io.carillon.common.cron.LocalRule;
import io.carillon.common.cron.LocalTimes;
import io.carillon.common.schedule.ScheduleSpec.FoldPolicy;

/**
 * The times of a rule over local time, such as a cron expression, in a zone. They end with the
 * local year 2099.
 *
 * <p>Each segment of the zone, within which local and elapsed time run alike, has a window of local
 * times that fire in it. What a fold repeats belongs to two segments, and the policy narrows the
 * window of one of them; a gap belongs to none, and under SHIFT its matches fire once, as the
 * segment after it begins. A rule that runs through is the case of both passes and no shift.
 */
final class ZonedTimes implements Times {

  static final long SECOND = 1_000_000;

  private final LocalRule local;
  private final ZoneTable zone;
  private final boolean shiftGaps;
  private final FoldPolicy fold;

  ZonedTimes(LocalRule local, ZoneTable zone, boolean shiftGaps, FoldPolicy fold) {
    this.local = local;
    this.zone = zone;
    this.shiftGaps = shiftGaps;
    this.fold = fold;
  }

  @Override
  public long nextAfter(long micros) {
    long second = nextFrom(Math.floorDiv(micros, SECOND) + 1);
    return second == LocalRule.NONE ? NEVER : second * SECOND;
  }

  private long nextFrom(long second) {
    int segment = zone.segmentAt(second);
    long from = second;
    // No local time in [scanned, match) matches: later segments ask anew only outside of it.
    long scanned = Long.MAX_VALUE;
    long match = Long.MIN_VALUE;
    while (true) {
      if (from == zone.start(segment) && firesAtGap(segment)) {
        return from;
      }
      long low = Math.max(from + zone.offset(segment), windowBegin(segment));
      if (low < scanned || low > match) {
        match = local.nextFrom(low);
        scanned = low;
      }
      if (match < windowEnd(segment)) {
        return match - zone.offset(segment);
      }
      if (++segment == zone.size()) {
        return LocalRule.NONE;
      }
      from = zone.start(segment);
    }
  }

  @Override
  public long previousBefore(long micros) {
    if (micros == NEVER_BEFORE) {
      return NEVER_BEFORE;
    }
    long second = previousBeforeSecond(Math.floorDiv(micros - 1, SECOND) + 1);
    return second == LocalRule.NONE ? NEVER_BEFORE : second * SECOND;
  }

  /** The mirror image of {@link #nextFrom}: the last time before a second. */
  private long previousBeforeSecond(long second) {
    int segment = zone.segmentAt(second - 1);
    long to = second;
    // No local time in (match, scanned) matches.
    long scanned = Long.MIN_VALUE;
    long match = Long.MAX_VALUE;
    while (true) {
      long high = Math.min(to + zone.offset(segment), windowEnd(segment));
      if (high > scanned || high <= match) {
        long found = local.previousBefore(high);
        match = found == LocalRule.NONE ? Long.MIN_VALUE : found;
        scanned = high;
      }
      if (match >= windowBegin(segment)) {
        return match - zone.offset(segment);
      }
      if (firesAtGap(segment)) {
        return zone.start(segment);
      }
      if (segment == 0) {
        return LocalRule.NONE;
      }
      to = zone.start(segment);
      segment--;
    }
  }

  @Override
  public boolean matches(long micros) {
    long second = Math.floorDiv(micros, SECOND);
    if (second * SECOND != micros) {
      return false;
    }
    int segment = zone.segmentAt(second);
    long at = second + zone.offset(segment);
    return (at >= windowBegin(segment) && at < windowEnd(segment) && local.matches(at))
        || (second == zone.start(segment) && firesAtGap(segment));
  }

  @Override
  public long count(long afterMicros, long upToMicros) {
    long from = Math.floorDiv(afterMicros, SECOND) + 1;
    long to = Math.floorDiv(upToMicros, SECOND) + 1;
    long total = 0;
    int segment = zone.segmentAt(from);
    while (segment < zone.size() && Math.max(from, zone.start(segment)) < to) {
      total += countWithin(segment, from, to);
      segment++;
    }
    return total;
  }

  @Override
  public long nthAfter(long afterMicros, long n) {
    long from = Math.floorDiv(afterMicros, SECOND) + 1;
    long left = n;
    for (int segment = zone.segmentAt(from); segment < zone.size(); segment++) {
      long here = countWithin(segment, from, zone.end(segment));
      if (left <= here) {
        return nthWithin(segment, from, left) * SECOND;
      }
      left -= here;
    }
    return NEVER;
  }

  @Override
  public long last() {
    return (LocalTimes.END - 1 - zone.offset(zone.size() - 1)) * SECOND;
  }

  /** How many times of a segment lie in {@code [from, to)}. */
  private long countWithin(int segment, long from, long to) {
    int offset = zone.offset(segment);
    long low = Math.max(Math.max(from, zone.start(segment)) + offset, windowBegin(segment));
    long high = Math.min(Math.min(to, zone.end(segment)) + offset, windowEnd(segment));
    long within = low < high ? local.count(low, high) : 0;
    return within + (firesOnlyAtGap(segment, from) ? 1 : 0);
  }

  private long nthWithin(int segment, long from, long n) {
    long left = n;
    if (firesOnlyAtGap(segment, from)) {
      if (left == 1) {
        return zone.start(segment);
      }
      left--;
    }
    int offset = zone.offset(segment);
    long low = Math.max(Math.max(from, zone.start(segment)) + offset, windowBegin(segment));
    return local.nth(low, left) - offset;
  }

  /**
   * Whether the gap before a segment leaves out a match, which then fires as the segment begins.
   */
  private boolean firesAtGap(int segment) {
    if (!shiftGaps || zone.shift(segment) <= 0) {
      return false;
    }
    long gapEnd = zone.start(segment) + zone.offset(segment);
    return local.nextFrom(gapEnd - zone.shift(segment)) < gapEnd;
  }

  /**
   * Whether a segment that begins at {@code from} or later does so with a fire of its gap alone.
   */
  private boolean firesOnlyAtGap(int segment, long from) {
    return from <= zone.start(segment)
        && firesAtGap(segment)
        && !local.matches(zone.start(segment) + zone.offset(segment));
  }

  /** The first local time that may fire in a segment: under FIRST, none of the fold before it. */
  private long windowBegin(int segment) {
    long begin = zone.start(segment) + zone.offset(segment);
    return fold == FoldPolicy.FIRST ? Math.max(begin, begin - zone.shift(segment)) : begin;
  }

  /**
   * The local time at which a segment ends to fire: under LAST, that where the fold after it
   * begins.
   */
  private long windowEnd(int segment) {
    long end = zone.end(segment) + zone.offset(segment);
    return fold == FoldPolicy.LAST && segment + 1 < zone.size()
        ? Math.min(end, end + zone.shift(segment + 1))
        : end;
  }
}
