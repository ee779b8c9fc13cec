package io.carillon.common.schedule;

import io.carillon.common.schedule.BusinessDays.CalendarVersion;
import io.carillon.common.schedule.BusinessDays.Policy;
import io.carillon.common.schedule.ScheduleSpec.CronRule;
import io.carillon.common.schedule.ScheduleSpec.DateExclusion;
import io.carillon.common.schedule.ScheduleSpec.Exclusion;
import io.carillon.common.schedule.ScheduleSpec.IntervalRule;
import io.carillon.common.schedule.ScheduleSpec.RecurrenceRule;
import io.carillon.common.schedule.ScheduleSpec.Rule;
import io.carillon.common.schedule.ScheduleSpec.TimeExclusion;
import io.carillon.common.schedule.ScheduleSpec.UnionRule;
import io.carillon.common.time.Micros;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.TextStyle;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * What there is to say about the times of a spec, in English: what is special about one, and why an
 * instant is one or is not. Immutable; one object serves many times of a spec.
 */
public final class SpecNotes {

  /** Names as in the API. */
  public enum Kind {
    SHIFTED_OUT_OF_GAP,
    FIRST_OF_FOLD,
    SECOND_OF_FOLD,
    MOVED_BY_CALENDAR,
    EXCLUDED,
    JITTERED
  }

  /** What is special about a time. */
  public record TimeNote(Kind kind, String text) {}

  /** Whether an instant is a time of a spec. */
  public enum Verdict {
    /** It is. */
    A_TIME,
    /** A rule has it, but an exclusion, a calendar or a bound leaves it out. */
    EXCLUDED,
    /** No rule has it. */
    NOT_A_TIME
  }

  /**
   * Why an instant is a time of a spec, or is not.
   *
   * @param rule the rule of a union that has it, from 0; 0 for other rules, -1 if none has it
   * @param text a sentence, or several
   */
  public record Explained(Verdict verdict, int rule, String text) {}

  private final ScheduleSpec spec;
  private final Occurrences times;
  private final ZoneTable zone;
  private final List<Rule> rules;

  /** Of each rule, with what the calendars move, and without bounds and exclusions. */
  private final List<Times> moved = new ArrayList<>();

  /** Of each rule, as if there were no calendars. */
  private final List<Times> plain = new ArrayList<>();

  /** What each exclusion leaves out; made once, as it takes far longer than to look into it. */
  private final List<ClosedRanges> excluded = new ArrayList<>();

  /** The business days; null where all days are, or where times move to them. */
  private final DayTable days;

  /**
   * @throws SpecException if the spec does not compile
   */
  public SpecNotes(ScheduleSpec spec) {
    this(spec, spec.compile());
  }

  /**
   * @param times of the spec, which may take long to count up to the last
   */
  public SpecNotes(ScheduleSpec spec, Occurrences times) {
    this.spec = spec;
    this.times = times;
    zone = ZoneTable.of(spec.zone());
    rules = spec.rule() instanceof UnionRule union ? union.rules() : List.of(spec.rule());
    for (Exclusion exclusion : spec.exclusions()) {
      excluded.add(ClosedRanges.of(List.of(exclusion), zone));
    }
    BusinessDays business = spec.businessDays();
    boolean closes = business.weekend() != 0 || !business.daysOff().isEmpty();
    boolean moves = business.policy() != Policy.SKIP_DAY;
    days = closes && !moves ? DayTable.of(business) : null;
    for (Rule rule : rules) {
      plain.add(unbounded(rule, BusinessDays.ALL));
      moved.add(moves ? unbounded(rule, spec.businessDays()) : plain.get(plain.size() - 1));
    }
  }

  /** What is special about a time of a spec; schedule as in {@link #of}. */
  public static List<TimeNote> notes(ScheduleSpec spec, long schedule, long nominal) {
    return new SpecNotes(spec).of(schedule, nominal);
  }

  /** Why an instant is a time of a spec, or is not. */
  public static Explained explain(ScheduleSpec spec, long micros) {
    return new SpecNotes(spec).explain(micros);
  }

  private Times unbounded(Rule rule, BusinessDays days) {
    ScheduleSpec alone =
        new ScheduleSpec(
            rule,
            spec.zone(),
            Long.MIN_VALUE,
            Long.MAX_VALUE,
            0,
            0,
            spec.gap(),
            spec.fold(),
            List.of(),
            days,
            0);
    return (Times) alone.compile();
  }

  /**
   * What is special about a nominal time, or about one that {@link ScheduleSpec#withoutExclusions}
   * has; nothing for most.
   *
   * @param schedule its number, which its jitter is made of; 0 if it is not known
   */
  public List<TimeNote> of(long schedule, long nominal) {
    List<TimeNote> notes = new ArrayList<>();
    int rule = ruleAt(moved, nominal);
    if (rule >= 0) {
      notes.addAll(clockNotes(rule, nominal));
    }
    String why = leftOutBy(nominal);
    if (why != null) {
      notes.add(new TimeNote(Kind.EXCLUDED, why));
    }
    if (schedule != 0 && times.jitterMicros() > 0 && times.matches(nominal)) {
      long due = times.dueOf(schedule, nominal);
      if (due > nominal) {
        notes.add(new TimeNote(Kind.JITTERED, "Due at " + Micros.format(due) + ", by its jitter."));
      }
    }
    return notes;
  }

  /** What a change of the clock, or a calendar, did to a time of a rule over local time. */
  private List<TimeNote> clockNotes(int rule, long nominal) {
    List<TimeNote> notes = new ArrayList<>();
    if (!(rules.get(rule) instanceof CronRule) && !(rules.get(rule) instanceof RecurrenceRule)) {
      return notes;
    }
    ZonedTimes zoned = zoned(rule);
    long leftOut = zoned == null ? ZonedTimes.NO_LOCAL : zoned.leftOutBy(nominal);
    if (leftOut != ZonedTimes.NO_LOCAL) {
      LocalDateTime local = local(leftOut);
      notes.add(
          new TimeNote(
              Kind.SHIFTED_OUT_OF_GAP,
              local.toLocalTime()
                  + " does not exist on "
                  + local.toLocalDate()
                  + " in "
                  + spec.zone()
                  + ": fires at the first instant after the gap."));
    }
    int pass = zone.passOf(Math.floorDiv(nominal, Micros.PER_SECOND));
    if (pass > 0) {
      ZonedDateTime at = at(nominal);
      notes.add(
          new TimeNote(
              pass == 1 ? Kind.FIRST_OF_FOLD : Kind.SECOND_OF_FOLD,
              at.toLocalTime()
                  + " comes twice on "
                  + at.toLocalDate()
                  + " in "
                  + spec.zone()
                  + ": this is the "
                  + (pass == 1 ? "first" : "second")
                  + " pass, at "
                  + at.getOffset()
                  + "."));
    }
    List<Integer> origins = zoned == null ? List.of() : zoned.originsOf(nominal);
    if (!origins.isEmpty() && !plain.get(rule).matches(nominal)) {
      notes.add(new TimeNote(Kind.MOVED_BY_CALENDAR, movedText(origins)));
    }
    return notes;
  }

  /** The times of a rule as it is laid over local time; null if it knows none. */
  private ZonedTimes zoned(int rule) {
    Times times = moved.get(rule);
    Times inner = times instanceof BoundedTimes bounded ? bounded.unbounded() : times;
    return inner instanceof ZonedTimes zoned ? zoned : null;
  }

  private String movedText(List<Integer> origins) {
    String days =
        origins.stream()
            .limit(5)
            .map(day -> named(LocalDate.ofEpochDay(day)))
            .collect(Collectors.joining(", "));
    return "Moved here from "
        + days
        + (origins.size() > 5 ? " and " + (origins.size() - 5) + " more" : "")
        + (origins.size() > 1
            ? ", which are no business days of "
            : ", which is no business day of ")
        + calendars()
        + ".";
  }

  /** Why an instant is a time of the spec, or is not. */
  public Explained explain(long micros) {
    int rule = ruleAt(moved, micros);
    if (rule >= 0) {
      String why = leftOutBy(micros);
      why = why == null ? bound(micros) : why;
      String has = words(rule) + " has " + when(micros) + ".";
      return why == null
          ? new Explained(Verdict.A_TIME, rule, has)
          : new Explained(Verdict.EXCLUDED, rule, has + " " + why);
    }
    rule = ruleAt(plain, micros);
    if (rule >= 0) {
      boolean next = spec.businessDays().policy() == Policy.NEXT_BUSINESS_DAY;
      String text =
          words(rule)
              + " has "
              + when(micros)
              + ". But "
              + named(at(micros).toLocalDate())
              + " is no business day of "
              + calendars()
              + ": it fires on the business day "
              + (next ? "after it." : "before it.");
      return new Explained(Verdict.EXCLUDED, rule, text);
    }
    return new Explained(Verdict.NOT_A_TIME, -1, whyNot(micros));
  }

  private String whyNot(long micros) {
    long second = Math.floorDiv(micros, Micros.PER_SECOND);
    for (int i = 0; i < rules.size(); i++) {
      if (second * Micros.PER_SECOND == micros
          && zone.passOf(second) > 0
          && zoned(i) != null
          && zoned(i).hasLocalTimeOf(second)) {
        return words(i)
            + " has this local time, which comes twice on that day, but fires in the other pass"
            + " only (fold "
            + spec.fold()
            + ").";
      }
    }
    String none = rules.size() == 1 ? words(0) + " does not have " : "None of the rules has ";
    long before = times.previousBefore(micros);
    long after = times.nextAfter(micros);
    return none
        + when(micros)
        + "."
        + (before == Occurrences.NEVER_BEFORE ? "" : " The time before it is " + when(before) + ".")
        + (after == Occurrences.NEVER ? "" : " The next one is " + when(after) + ".");
  }

  /** The exclusion or calendar that leaves an instant out, null if none does. */
  private String leftOutBy(long micros) {
    for (int i = 0; i < excluded.size(); i++) {
      if (!excluded.get(i).isOpen(micros)) {
        return "Left out by the exclusion of " + range(spec.exclusions().get(i)) + ".";
      }
    }
    if (days == null) {
      return null;
    }
    LocalDate day = at(micros).toLocalDate();
    return days.isOpen((int) day.toEpochDay())
        ? null
        : named(day) + " is no business day of " + calendars() + ".";
  }

  private static String range(Exclusion exclusion) {
    if (exclusion instanceof DateExclusion dates) {
      LocalDate first = LocalDate.ofEpochDay(dates.days().first());
      LocalDate last = LocalDate.ofEpochDay(dates.days().last());
      return first.equals(last) ? first.toString() : first + " to " + last;
    }
    TimeExclusion range = (TimeExclusion) exclusion;
    return Micros.format(range.fromMicros()) + " to before " + Micros.format(range.toMicros());
  }

  /** The bound that leaves an instant out, null if none does. */
  private String bound(long micros) {
    if (micros < spec.startMicros()) {
      return "But it is before the start, " + Micros.format(spec.startMicros()) + ".";
    }
    if (micros > spec.endMicros()) {
      return "But it is after the end, " + Micros.format(spec.endMicros()) + ".";
    }
    if (times.matches(micros)) {
      return null;
    }
    return spec.startMicros() == Long.MIN_VALUE && micros <= spec.countFromMicros()
        ? "But max_fires counts from " + Micros.format(spec.countFromMicros()) + " on."
        : "But max_fires, " + spec.maxFires() + ", was reached before it.";
  }

  private static int ruleAt(List<Times> rules, long micros) {
    for (int i = 0; i < rules.size(); i++) {
      if (rules.get(i).matches(micros)) {
        return i;
      }
    }
    return -1;
  }

  private String words(int index) {
    Rule rule = rules.get(index);
    String place = rules.size() > 1 ? "Rule " + index + " of the union, " : "The rule, ";
    if (rule instanceof CronRule cron) {
      return place + "cron '" + cron.expression() + "' in " + spec.zone() + ",";
    }
    if (rule instanceof RecurrenceRule recurrence) {
      return place + "'" + recurrence.rrule() + "' in " + spec.zone() + ",";
    }
    return place + (rule instanceof IntervalRule ? "an interval," : "a single time,");
  }

  private String calendars() {
    List<CalendarVersion> calendars = spec.businessDays().calendars();
    return (calendars.size() > 1 ? "the calendars " : "the calendar ")
        + calendars.stream().map(CalendarVersion::id).collect(Collectors.joining(", "));
  }

  private String when(long micros) {
    ZonedDateTime at = at(micros);
    return named(at.toLocalDate()) + " " + at.toLocalTime() + " (" + at.getOffset() + ")";
  }

  private static String named(LocalDate day) {
    return day.getDayOfWeek().getDisplayName(TextStyle.FULL, Locale.ENGLISH) + " " + day;
  }

  private ZonedDateTime at(long micros) {
    return Micros.toInstant(micros).atZone(spec.zone());
  }

  private static LocalDateTime local(long second) {
    return LocalDateTime.ofInstant(Instant.ofEpochSecond(second), ZoneOffset.UTC);
  }
}
