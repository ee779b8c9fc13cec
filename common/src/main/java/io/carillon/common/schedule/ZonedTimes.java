package io.carillon.common.schedule;

import io.carillon.common.cron.LocalRule;
import io.carillon.common.schedule.ScheduleSpec.FoldPolicy;
import java.util.List;

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

  /** Answered where there is no such local time. */
  static final long NO_LOCAL = LocalRule.NONE;

  /** Of a rule that was always there. */
  static final long NO_BEGIN = Long.MIN_VALUE;

  private final LocalRule local;
  private final ZoneTable zone;
  private final boolean shiftGaps;
  private final FoldPolicy fold;

  /**
   * The segment that the rule begins in, -1 if it has no begin, and the local time of its begin.
   */
  private final int beginSegment;

  private final long localBegin;

  ZonedTimes(LocalRule local, ZoneTable zone, boolean shiftGaps, FoldPolicy fold) {
    this(local, zone, shiftGaps, fold, NO_BEGIN);
  }

  /**
   * @param begin second since 1970 that the rule begins at, or {@link #NO_BEGIN}: a local time
   *     whose first pass is before it has its only pass after it. It is for whoever asks to leave
   *     out what is before it
   */
  ZonedTimes(LocalRule local, ZoneTable zone, boolean shiftGaps, FoldPolicy fold, long begin) {
    this.local = local;
    this.zone = zone;
    this.shiftGaps = shiftGaps;
    this.fold = fold;
    beginSegment = begin == NO_BEGIN ? -1 : zone.segmentAt(begin);
    localBegin = begin == NO_BEGIN ? 0 : begin + zone.offset(beginSegment);
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
    return zone.lastSecond() * SECOND;
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

  /**
   * The first local time that may fire in a segment: under FIRST, none of the fold before it,
   * unless the rule begins within.
   */
  private long windowBegin(int segment) {
    long begin = zone.start(segment) + zone.offset(segment);
    if (fold != FoldPolicy.FIRST) {
      return begin;
    }
    return segment == beginSegment ? localBegin : Math.max(begin, begin - zone.shift(segment));
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

  /** The local time in a gap whose fire is shifted to an instant, or {@link #NO_LOCAL}. */
  long leftOutBy(long micros) {
    long second = Math.floorDiv(micros, SECOND);
    int segment = zone.segmentAt(second);
    return second == zone.start(segment) && firesOnlyAtGap(segment, second)
        ? local.nextFrom(second + zone.offset(segment) - zone.shift(segment))
        : NO_LOCAL;
  }

  /** The days from which business days moved a time here; empty if it is where the rule has it. */
  List<Integer> originsOf(long micros) {
    long second = Math.floorDiv(micros, SECOND);
    long leftOut = leftOutBy(micros);
    long at = leftOut == NO_LOCAL ? second + zone.offset(zone.segmentAt(second)) : leftOut;
    return local instanceof MovedRule moved ? moved.origins(at) : List.of();
  }

  /** Whether the rule has what clocks show at a second, fire or not. */
  boolean hasLocalTimeOf(long second) {
    return local.matches(second + zone.offset(zone.segmentAt(second)));
  }
}
