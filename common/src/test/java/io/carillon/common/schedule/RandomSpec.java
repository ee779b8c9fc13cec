package io.carillon.common.schedule;

import io.carillon.common.schedule.BusinessDays.CalendarVersion;
import io.carillon.common.schedule.BusinessDays.Policy;
import io.carillon.common.schedule.ScheduleSpec.CronRule;
import io.carillon.common.schedule.ScheduleSpec.DateExclusion;
import io.carillon.common.schedule.ScheduleSpec.Exclusion;
import io.carillon.common.schedule.ScheduleSpec.FoldPolicy;
import io.carillon.common.schedule.ScheduleSpec.GapPolicy;
import io.carillon.common.schedule.ScheduleSpec.IntervalRule;
import io.carillon.common.schedule.ScheduleSpec.OnceRule;
import io.carillon.common.schedule.ScheduleSpec.RecurrenceRule;
import io.carillon.common.schedule.ScheduleSpec.Rule;
import io.carillon.common.schedule.ScheduleSpec.TimeExclusion;
import io.carillon.common.schedule.ScheduleSpec.UnionRule;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeSet;

/** Random specs of every kind that compile, in any zone there is. */
final class RandomSpec {

  private static final long SECOND = 1_000_000;
  private static final long FIRST = -2_208_988_800_000_000L;
  private static final long LAST = 4_102_444_800_000_000L;
  private static final long YEAR = 365 * 86_400 * SECOND;
  private static final int FIRST_DAY = 0;
  private static final int LAST_DAY = 47_481;

  private static final List<String> FREQUENCIES =
      List.of("YEARLY", "MONTHLY", "WEEKLY", "DAILY", "HOURLY", "MINUTELY", "SECONDLY");
  private static final List<String> WEEKDAYS = List.of("MO", "TU", "WE", "TH", "FR", "SA", "SU");

  static final List<ZoneId> ZONES =
      new TreeSet<>(ZoneId.getAvailableZoneIds())
          .stream().filter(TimeZones::isNamed).map(ZoneId::of).toList();

  private final SplittableRandom random;

  RandomSpec(SplittableRandom random) {
    this.random = random;
  }

  /** Any instant of the years 1900 to 2099, every other one a whole second. */
  long instant() {
    long at = random.nextLong(FIRST, LAST);
    return random.nextBoolean() ? at : at / SECOND * SECOND;
  }

  ScheduleSpec spec() {
    BusinessDays days = random.nextInt(3) == 0 ? businessDays() : BusinessDays.ALL;
    boolean moves = days.policy() != Policy.SKIP_DAY;
    Rule rule = random.nextInt(5) == 0 ? union(moves) : rule(moves);
    boolean stepped = rule instanceof UnionRule || rule instanceof RecurrenceRule;
    long a = random.nextInt(3) == 0 ? instant() : Specs.MIN;
    long b = random.nextInt(3) == 0 ? instant() : Specs.MAX;
    long max = random.nextInt(3) == 0 ? random.nextLong(1, stepped ? 300 : 10_000) : 0;
    return new ScheduleSpec(
        rule,
        ZONES.get(random.nextInt(ZONES.size())),
        Math.min(a, b),
        Math.max(a, b),
        max,
        instant(),
        GapPolicy.values()[random.nextInt(2)],
        FoldPolicy.values()[random.nextInt(3)],
        random.nextInt(3) == 0 ? exclusions() : List.of(),
        days,
        random.nextInt(4) == 0 ? random.nextLong(ScheduleSpec.MAX_JITTER_MICROS + 1) : 0);
  }

  /** At most one rule is dense, as a union steps through the times of the others. */
  private Rule union(boolean local) {
    List<Rule> rules = new ArrayList<>();
    rules.add(rule(local));
    for (int i = random.nextInt(4); i > 0; i--) {
      Rule rule = rule(local);
      long inAYear = ScheduleSpec.of(rule, ZONES.get(0)).compile().count(LAST - YEAR, LAST);
      if (inAYear <= 1_000) {
        rules.add(rule);
      }
    }
    return new UnionRule(rules);
  }

  /**
   * @param local whether only of the kinds that move to business days
   */
  private Rule rule(boolean local) {
    return switch (random.nextInt(local ? 7 : 9)) {
      case 0, 1, 2, 3 -> cron();
      case 4, 5, 6 -> recurrence(local);
      case 7 ->
          new IntervalRule(
              random.nextLong(1_000, ScheduleSpec.MAX_PERIOD_MICROS), random.nextLong());
      default -> new OnceRule(instant());
    };
  }

  private Rule cron() {
    RandomCron cron = new RandomCron(random);
    return new CronRule(cron.dialect, cron.text);
  }

  private Rule recurrence(boolean local) {
    int frequency = random.nextInt(local ? 4 : FREQUENCIES.size());
    StringBuilder text = new StringBuilder("FREQ=").append(FREQUENCIES.get(frequency));
    if (random.nextInt(2) == 0) {
      text.append(";INTERVAL=").append(1 + random.nextInt(frequency < 4 ? 5 : 50));
    }
    if (random.nextInt(3) == 0) {
      text.append(";BYMONTH=").append(1 + random.nextInt(12));
    }
    if (random.nextInt(2) == 0) {
      text.append(";BYDAY=").append(WEEKDAYS.get(random.nextInt(7)));
      text.append(',').append(WEEKDAYS.get(random.nextInt(7)));
    }
    boolean positions = frequency < 4 && random.nextInt(4) == 0;
    if (positions) {
      // What moves has one time a day where BYSETPOS chooses.
      text.append(local ? ";BYMINUTE=30;BYSETPOS=1,-1" : ";BYMINUTE=0,30;BYSETPOS=1,-1");
    }
    if (random.nextInt(3) == 0 && !(local && positions)) {
      text.append(";BYHOUR=").append(random.nextInt(5)).append(',').append(random.nextInt(24));
    }
    if (random.nextInt(4) == 0) {
      text.append(";COUNT=").append(1 + random.nextInt(1_000));
    }
    return new RecurrenceRule(text.toString(), Math.floorDiv(instant(), SECOND) * SECOND);
  }

  List<Exclusion> exclusions() {
    List<Exclusion> exclusions = new ArrayList<>();
    for (int i = random.nextInt(6); i >= 0; i--) {
      if (random.nextBoolean()) {
        exclusions.add(new DateExclusion(range(20_000)));
      } else {
        long from = instant();
        long length = random.nextLong(1, 1L << random.nextInt(1, 50));
        exclusions.add(new TimeExclusion(from, from + length));
      }
    }
    return exclusions;
  }

  BusinessDays businessDays() {
    List<DayRange> off = new ArrayList<>();
    for (int i = random.nextInt(200); i > 0; i--) {
      off.add(range(random.nextInt(20) == 0 ? 2_000 : 5));
    }
    return new BusinessDays(
        Policy.values()[random.nextInt(3)],
        List.of(new CalendarVersion("days", 1)),
        random.nextInt(3) == 0 ? random.nextInt(127) : 1 | 1 << 6,
        off);
  }

  private DayRange range(int longest) {
    int first = random.nextInt(FIRST_DAY, LAST_DAY);
    return new DayRange(first, Math.min(LAST_DAY, first + random.nextInt(longest)));
  }
}
