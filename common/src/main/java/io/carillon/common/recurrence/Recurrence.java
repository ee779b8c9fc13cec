package io.carillon.common.recurrence;

import io.carillon.common.cron.LocalRule;
import io.carillon.common.cron.LocalTimes;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Objects;
import org.dmfs.rfc5545.recur.Freq;
import org.dmfs.rfc5545.recur.RecurrenceRule;

/**
 * A recurrence rule of RFC 5545 on local time, as in {@code FREQ=MONTHLY;BYDAY=-1FR}. Its instances
 * begin with its start, which is one itself only if it fits the rule, and end with the local year
 * 2099. A date such as February 30 is none.
 *
 * <p>What a change of the clock leaves out or repeats is not known here: COUNT, and UNTIL where it
 * speaks of an instant, are for whoever lays the rule over a zone.
 *
 * <p>lib-recur reads the rule and checks how its parts go together. Its iterators are not used:
 * they begin at the start, or loop through what they skip, and give up after some thousand empty
 * periods, so that FREQ=DAILY;BYMONTH=2;BYMONTHDAY=29;BYDAY=MO would end early. Here a month is a
 * mask of days, a day is a set of times, and no call takes more than some milliseconds, whatever
 * the rule. Immutable.
 *
 * <p>Where RFC 5545 is silent: a week of BYWEEKNO belongs to the year that its number counts in,
 * with its days before or after that year; BYMONTHDAY of a yearly rule without BYMONTH is in every
 * month; BYSETPOS counts in the whole first period, not only from the start on; second 60 is read
 * as 59.
 */
public final class Recurrence implements LocalRule {

  /** The greatest COUNT that is accepted. */
  public static final int MAX_COUNT = 100_000;

  private static final int DAY = 86_400;

  private final Given given;
  private final boolean runsThrough;
  private final boolean equalDays;
  private final Distance distance;
  private final LocalRule instances;

  /** No instance is before it. */
  private final long start;

  /** No instance is after it; before the start if there is none at all. */
  private final long last;

  /**
   * @param text as lib-recur writes it: the parts in their order, in upper case
   * @param start local second that the steps are counted from
   * @param count 0: no limit
   */
  private record Given(String text, long start, int count, Until until) {}

  private Recurrence(RecurrenceRule rule, long start, Until until) {
    int count = rule.getCount() == null ? 0 : rule.getCount();
    given = new Given(rule.toString(), start, count, until);
    this.start = start;
    RuleParts parts = RuleParts.of(rule, start);
    runsThrough = RuleParts.belowDays(parts.freq());
    distance = RuleParts.distance(rule, parts, start);
    instances = instances(parts, start);
    equalDays = !(instances instanceof SetInstances sets) || sets.hasOneTimeADay();
    last = lastUpTo(Math.min(until.local(), LocalTimes.END - 1));
  }

  private Recurrence(Recurrence whole, long first, long last) {
    given = whole.given;
    runsThrough = whole.runsThrough;
    equalDays = whole.equalDays;
    distance = whole.distance;
    instances = whole.instances;
    start = first;
    this.last = lastUpTo(Math.min(last, whole.last));
  }

  private long lastUpTo(long bound) {
    long found = instances.previousBefore(bound + 1);
    return found == NONE ? start - 1 : found;
  }

  /**
   * @param rrule as in RFC 5545, 3.3.10, with or without "RRULE:" before it, in any case; at most
   *     1000 printable characters of ASCII. RSCALE and SKIP of RFC 7529 are refused, as are COUNT
   *     above {@link #MAX_COUNT} and UNTIL before the start
   * @param dtstart where the rule begins, in seconds since 1970; in the local years 1900 to 2099
   * @param zone of the local time; an UNTIL that is a date includes that day, one that is a local
   *     time is taken as it is
   * @throws RecurrenceSyntaxException if it is refused. A rule that merely has no instances is not:
   *     its {@link #nextFrom} is {@link #NONE} from the start on
   */
  public static Recurrence of(String rrule, long dtstart, ZoneId zone) {
    // Offsets are less than a day.
    boolean near = dtstart >= LocalTimes.BEGIN - DAY && dtstart < LocalTimes.END + DAY;
    long start = near ? dtstart + offset(zone, dtstart) : dtstart;
    if (start < LocalTimes.BEGIN || start >= LocalTimes.END) {
      throw new RecurrenceSyntaxException(
          -1, "The rule starts outside of the local years 1900 to 2099; allowed are these.");
    }
    RuleText text = new RuleText(rrule);
    return new Recurrence(text.rule(), start, text.until(dtstart, zone));
  }

  /**
   * The same steps between other local bounds, both included: from before its start if {@code
   * first} is, but not beyond its last instance.
   */
  public Recurrence within(long first, long last) {
    return new Recurrence(this, first, last);
  }

  /** How many instances there are at most; 0: COUNT does not say. */
  public int count() {
    return given.count();
  }

  /** The last second since 1970 that UNTIL allows, beside local bounds; or Long.MAX_VALUE. */
  public long untilInstant() {
    return given.until().instant();
  }

  /** What it is if it is no more than a distance of elapsed time, else null. */
  public Distance distance() {
    return distance;
  }

  private static int offset(ZoneId zone, long second) {
    return zone.getRules().getOffset(Instant.ofEpochSecond(second)).getTotalSeconds();
  }

  private static LocalRule instances(RuleParts parts, long start) {
    MatchingDays days = new MatchingDays(parts, (int) Math.floorDiv(start, (long) DAY));
    int hours = parts.hours();
    long minutes = parts.minutes();
    long seconds = parts.seconds();
    ProductTimes times = new ProductTimes(hours, minutes, seconds);
    boolean all = parts.positions().isEmpty();
    if (RuleParts.belowDays(parts.freq()) && (parts.interval() > 1 || !all)) {
      return new DayInstances(days, stepped(parts, start));
    }
    if (all) {
      return new DayInstances(days, times);
    }
    Positions positions = new Positions(parts.positions());
    return parts.freq() == Freq.DAILY
        ? new DayInstances(days, new ListedTimes(times, positions))
        : new SetInstances(days, times, positions);
  }

  private static SteppedTimes stepped(RuleParts parts, long start) {
    boolean byHour = parts.freq() == Freq.HOURLY;
    boolean bySecond = parts.freq() == Freq.SECONDLY;
    TimeSet allowed =
        new ProductTimes(
            parts.hours(), byHour ? 1 : parts.minutes(), bySecond ? parts.seconds() : 1);
    TimeSet within =
        new ProductTimes(1, byHour ? parts.minutes() : 1, bySecond ? 1 : parts.seconds());
    if (!parts.positions().isEmpty()) {
      within = new ListedTimes(within, new Positions(parts.positions()));
    }
    int unit = byHour ? 3600 : bySecond ? 1 : 60;
    return new SteppedTimes(unit, parts.interval(), allowed, within, start);
  }

  /**
   * Whether it goes by hours, minutes or seconds, and so runs through changes of the clock: what
   * they leave out is left out, and what they repeat is repeated. A rule of days or more names
   * local times.
   */
  public boolean runsThrough() {
    return runsThrough;
  }

  /**
   * Whether it has the same times on each of its days, but for the first and the last; not where
   * BYSETPOS chooses among several times of a day.
   */
  public boolean hasEqualDays() {
    return equalDays;
  }

  @Override
  public long nextFrom(long local) {
    long from = Math.max(local, start);
    return from > last ? NONE : instances.nextFrom(from);
  }

  @Override
  public long previousBefore(long local) {
    if (local > last) {
      return last < start ? NONE : last;
    }
    if (local <= start) {
      return NONE;
    }
    long found = instances.previousBefore(local);
    return found < start ? NONE : found;
  }

  @Override
  public boolean matches(long local) {
    return local >= start && local <= last && instances.matches(local);
  }

  @Override
  public long count(long from, long to) {
    long low = Math.max(from, start);
    long high = Math.min(to, last + 1);
    return low < high ? instances.count(low, high) : 0;
  }

  @Override
  public long nth(long local, long n) {
    long from = Math.max(local, start);
    long found = from > last ? NONE : instances.nth(from, n);
    return found > last ? NONE : found;
  }

  /** Equal ones have the same instances; unequal ones may. */
  @Override
  public boolean equals(Object other) {
    return other instanceof Recurrence that
        && given.equals(that.given)
        && start == that.start
        && last == that.last;
  }

  @Override
  public int hashCode() {
    return Objects.hash(given, start, last);
  }

  @Override
  public String toString() {
    return given.text();
  }
}
