package io.carillon.common.schedule;

import com.google.common.collect.MapMaker;
import io.carillon.common.schedule.SpecCompiler.CronKey;
import java.util.concurrent.ConcurrentMap;

/**
 * Compiles specs so that those which fire alike share their evaluator: a million schedules on a
 * thousand expressions cost a thousand evaluators.
 *
 * <p>Cron rules are shared by what they mean, in whatever way they are written; specs that differ
 * in bounds only have a small object each around a shared table. Intervals and single times are
 * smaller than an entry of a table would be, and are made anew. What nobody holds any more is
 * forgotten.
 *
 * <p>Safe for use from any thread.
 */
public final class SpecInterner {

  /** By canonical text, cron rules without bounds only: these are what schedules have in common. */
  private final ConcurrentMap<String, Occurrences> byText = new MapMaker().weakValues().makeMap();

  private final ConcurrentMap<CronKey, CronTimes> byMeaning = new MapMaker().weakValues().makeMap();

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
    Occurrences compiled = intern(ScheduleSpec.parse(canonical));
    if (compiled instanceof CronTimes) {
      byText.putIfAbsent(canonical, compiled);
    }
    return compiled;
  }

  /**
   * The nominal times of a spec.
   *
   * @throws SpecException as from {@link ScheduleSpec#compile}
   */
  public Occurrences intern(ScheduleSpec spec) {
    return SpecCompiler.compile(spec, this::shared);
  }

  private CronTimes shared(CronKey key) {
    CronTimes known = byMeaning.get(key);
    if (known != null) {
      return known;
    }
    CronTimes made = key.times();
    CronTimes raced = byMeaning.putIfAbsent(key, made);
    return raced == null ? made : raced;
  }
}
