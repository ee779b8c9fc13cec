package io.carillon.simulation.oracle;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import java.util.Iterator;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;

/**
 * The nominal times of a spec, found by asking of each second whether the clocks of the zone show
 * what the rule says. Slow, and so plain that it can be read beside the promise.
 */
public final class PlainTimes {

  private static final long SECOND = 1_000_000;

  private PlainTimes() {}

  /** All nominal times in {@code [from, to)}, ascending. Microseconds since 1970. */
  public static NavigableSet<Long> of(PlainSpec spec, long from, long to) {
    long last = spec.end() == PlainSpec.NO_END ? to : Math.min(to, spec.end() + 1);
    if (spec.maxFires() == 0) {
      return unlimited(spec, Math.max(from, spec.start()), last);
    }
    long origin = spec.start() != PlainSpec.NO_START ? spec.start() : spec.countFrom() + 1;
    NavigableSet<Long> times = new TreeSet<>();
    Iterator<Long> all = unlimited(spec, origin, last).iterator();
    for (long n = 0; n < spec.maxFires() && all.hasNext(); n++) {
      long time = all.next();
      if (time >= from) {
        times.add(time);
      }
    }
    return times;
  }

  private static NavigableSet<Long> unlimited(PlainSpec spec, long from, long to) {
    NavigableSet<Long> times = new TreeSet<>();
    addTimes(spec.rule(), spec, from, to, times);
    times.removeIf(time -> spec.exclusions().stream().anyMatch(range -> range.contains(time)));
    return times;
  }

  private static void addTimes(
      PlainRule rule, PlainSpec spec, long from, long to, NavigableSet<Long> times) {
    if (rule instanceof PlainRule.Interval interval) {
      long begin = Math.max(from, 0) - interval.anchor();
      long k = Math.floorDiv(begin - 1, interval.period()) + 1;
      for (long at = interval.anchor() + k * interval.period(); at < to; at += interval.period()) {
        times.add(at);
      }
    } else if (rule instanceof PlainRule.Once once) {
      if (once.at() >= from && once.at() < to) {
        times.add(once.at());
      }
    } else if (rule instanceof PlainRule.Union union) {
      union.rules().forEach(part -> addTimes(part, spec, from, to, times));
    } else if (rule instanceof PlainRule.Recurring recurring && recurring.isDistance()) {
      long start = recurring.start().atZone(spec.zone()).toEpochSecond() * SECOND;
      long step = recurring.seconds() * SECOND;
      long skipped = Math.max(0, Math.floorDiv(from - start + step - 1, step));
      for (long at = start + skipped * step; at < to; at += step) {
        times.add(at);
      }
    } else if (rule instanceof PlainRule.Local local) {
      addLocal(local, spec, Math.max(from, 0), to, times);
    }
  }

  private static void addLocal(
      PlainRule.Local rule, PlainSpec spec, long from, long to, NavigableSet<Long> times) {
    ZoneRules zone = spec.zone().getRules();
    long end = Math.floorDiv(to - 1, SECOND) + 1;
    for (long second = Math.floorDiv(from - 1, SECOND) + 1; second < end; second++) {
      if (fires(rule, spec, zone, second)) {
        times.add(second * SECOND);
      }
    }
  }

  private static boolean fires(PlainRule.Local rule, PlainSpec spec, ZoneRules zone, long second) {
    ZoneOffset offset = zone.getOffset(Instant.ofEpochSecond(second));
    LocalDateTime local = LocalDateTime.ofEpochSecond(second, 0, offset);
    if (rule.matches(local)
        && (rule.repeatsInFolds() || chosen(spec.fold(), zone, local, offset))) {
      return true;
    }
    return !rule.leavesGapsOut()
        && spec.gap() == PlainSpec.Gap.SHIFT
        && endsGapWithMatch(rule, zone, second, local);
  }

  /** Whether the policy takes this pass of a local time that may come twice. */
  private static boolean chosen(
      PlainSpec.Fold fold, ZoneRules zone, LocalDateTime local, ZoneOffset offset) {
    List<ZoneOffset> passes = zone.getValidOffsets(local);
    return switch (fold) {
      case BOTH -> true;
      case FIRST -> offset.equals(passes.get(0));
      case LAST -> offset.equals(passes.get(passes.size() - 1));
    };
  }

  /** Whether a gap ends at this second in which the rule would have fired. */
  private static boolean endsGapWithMatch(
      PlainRule.Local rule, ZoneRules zone, long second, LocalDateTime local) {
    if (!zone.getValidOffsets(local.minusSeconds(1)).isEmpty()) {
      return false;
    }
    ZoneOffsetTransition change = zone.getTransition(local.minusSeconds(1));
    if (change.toEpochSecond() != second) {
      return false;
    }
    LocalDateTime missing = change.getDateTimeBefore();
    while (missing.isBefore(change.getDateTimeAfter())) {
      if (rule.matches(missing)) {
        return true;
      }
      missing = missing.plusSeconds(1);
    }
    return false;
  }
}
