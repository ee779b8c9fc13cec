package io.carillon.common.schedule;

import com.google.common.collect.MapMaker;
import io.carillon.common.cron.LocalRule;
import io.carillon.common.schedule.ScheduleSpec.IntervalRule;
import io.carillon.common.schedule.ScheduleSpec.OnceRule;
import io.carillon.common.schedule.SpecParts.DaysKey;
import io.carillon.common.schedule.SpecParts.ZonedKey;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Supplier;

/**
 * Compiles specs so that those which fire alike share their evaluator: a million schedules on a
 * thousand expressions cost a thousand evaluators.
 *
 * <p>Cron and recurrence rules are shared by what they mean with their zone and policies, and so
 * are the days of calendars; specs that differ in bounds only have a small object each around
 * these. Intervals and single times are smaller than an entry of a table would be, and are made
 * anew. What nobody holds any more is forgotten.
 *
 * <p>Safe for use from any thread.
 */
public final class SpecInterner {

  /** By canonical text, only what schedules have in common: no bounds, no phase of their own. */
  private final ConcurrentMap<String, Occurrences> byText = new MapMaker().weakValues().makeMap();

  private final SharedParts parts = new SharedParts();

  /**
   * The nominal times of a spec in its canonical text.
   *
   * @throws SpecException as from {@link ScheduleSpec#parse} and {@link ScheduleSpec#compile}
   */
  public Occurrences intern(String canonical) {
    Occurrences known = byText.get(canonical);
    if (known != null) {
      return known;
    }
    ScheduleSpec spec = ScheduleSpec.parse(canonical);
    Occurrences compiled = intern(spec);
    return isShared(spec) ? first(byText, canonical, compiled) : compiled;
  }

  private static boolean isShared(ScheduleSpec spec) {
    return spec.startMicros() == Long.MIN_VALUE
        && spec.endMicros() == Long.MAX_VALUE
        && spec.maxFires() == 0
        && !(spec.rule() instanceof IntervalRule)
        && !(spec.rule() instanceof OnceRule);
  }

  /**
   * The nominal times of a spec.
   *
   * @throws SpecException as from {@link ScheduleSpec#compile}
   */
  public Occurrences intern(ScheduleSpec spec) {
    return SpecCompiler.compile(spec, parts);
  }

  private static <K, V> V first(ConcurrentMap<K, V> map, K key, V made) {
    V raced = map.putIfAbsent(key, made);
    return raced == null ? made : raced;
  }

  private static final class SharedParts implements SpecParts {

    private final ConcurrentMap<ZonedKey, ZonedTimes> times = new MapMaker().weakValues().makeMap();

    private final ConcurrentMap<DaysKey, DayTable> days = new MapMaker().weakValues().makeMap();

    @Override
    public ZonedTimes times(ZonedKey key, Supplier<LocalRule> rule) {
      ZonedTimes known = times.get(key);
      return known != null ? known : first(times, key, key.times(rule.get()));
    }

    @Override
    public DayTable days(BusinessDays business) {
      DaysKey key = DaysKey.of(business);
      DayTable known = days.get(key);
      return known != null ? known : first(days, key, DayTable.of(business));
    }
  }
}
