package io.carillon.common.schedule;

import static io.carillon.common.schedule.Specs.MAX;
import static io.carillon.common.schedule.Specs.MIN;
import static io.carillon.common.schedule.Specs.at;
import static io.carillon.common.schedule.Specs.between;
import static io.carillon.common.schedule.Specs.bounded;
import static io.carillon.common.schedule.Specs.cron;
import static io.carillon.common.schedule.Specs.dates;
import static io.carillon.common.schedule.Specs.except;
import static io.carillon.common.schedule.Specs.jittered;
import static io.carillon.common.schedule.Specs.with;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carillon.common.schedule.BusinessDays.CalendarVersion;
import io.carillon.common.schedule.BusinessDays.Policy;
import io.carillon.common.schedule.ScheduleSpec.CronRule;
import io.carillon.common.schedule.ScheduleSpec.Dialect;
import io.carillon.common.schedule.ScheduleSpec.FoldPolicy;
import io.carillon.common.schedule.ScheduleSpec.GapPolicy;
import io.carillon.common.schedule.ScheduleSpec.OnceRule;
import io.carillon.common.schedule.ScheduleSpec.UnionRule;
import io.carillon.common.schedule.SpecNotes.Explained;
import io.carillon.common.schedule.SpecNotes.Kind;
import io.carillon.common.schedule.SpecNotes.TimeNote;
import io.carillon.common.schedule.SpecNotes.Verdict;
import java.time.ZoneId;
import java.util.List;
import org.junit.jupiter.api.Test;

class SpecNotesTest {

  private static final String BERLIN = "Europe/Berlin";

  private static BusinessDays weekdays(Policy policy) {
    return new BusinessDays(policy, List.of(new CalendarVersion("de", 1)), 1 | 1 << 6, List.of());
  }

  private static TimeNote note(Kind kind, String text) {
    return new TimeNote(kind, text);
  }

  private static List<TimeNote> notes(ScheduleSpec spec, String time) {
    return SpecNotes.notes(spec, 0, at(time));
  }

  private static void explained(
      ScheduleSpec spec, String time, Verdict verdict, int rule, String words) {
    Explained explained = SpecNotes.explain(spec, at(time));
    assertEquals(verdict, explained.verdict(), explained.text());
    assertEquals(rule, explained.rule(), explained.text());
    assertTrue(explained.text().contains(words), explained.text());
    assertEquals(verdict == Verdict.A_TIME, spec.compile().matches(at(time)));
  }

  @Test
  void mostTimesAreNothingSpecial() {
    assertEquals(List.of(), notes(cron("30 2 * * *", BERLIN), "2026-03-28T01:30:00Z"));
    ScheduleSpec once = ScheduleSpec.of(new OnceRule(5), ZoneId.of("UTC"));
    assertEquals(List.of(), SpecNotes.notes(once, 7, 5));
  }

  @Test
  void aTimeOutOfAGapSaysWhatDoesNotExist() {
    assertEquals(
        List.of(
            note(
                Kind.SHIFTED_OUT_OF_GAP,
                "02:30 does not exist on 2026-03-29 in Europe/Berlin: fires at the first instant"
                    + " after the gap.")),
        notes(cron("30 2 * * *", BERLIN), "2026-03-29T01:00:00Z"));
    assertEquals(List.of(), notes(cron("0 3 * * *", BERLIN), "2026-03-29T01:00:00Z"));
    assertEquals(
        Kind.SHIFTED_OUT_OF_GAP,
        notes(cron("0 12 30 12 *", "Pacific/Apia"), "2011-12-30T10:00:00Z").get(0).kind());
  }

  @Test
  void bothPassesOfAFoldAreSaid() {
    ScheduleSpec both = cron("30 2 * * *", BERLIN, GapPolicy.SHIFT, FoldPolicy.BOTH);
    assertEquals(
        List.of(
            note(
                Kind.FIRST_OF_FOLD,
                "02:30 comes twice on 2026-10-25 in Europe/Berlin: this is the first pass, at"
                    + " +02:00.")),
        notes(both, "2026-10-25T00:30:00Z"));
    assertEquals(Kind.SECOND_OF_FOLD, notes(both, "2026-10-25T01:30:00Z").get(0).kind());
    ScheduleSpec hourly = cron("0 * * * *", BERLIN);
    assertEquals(Kind.FIRST_OF_FOLD, notes(hourly, "2026-10-25T00:00:00Z").get(0).kind());
    assertEquals(Kind.SECOND_OF_FOLD, notes(hourly, "2026-10-25T01:00:00Z").get(0).kind());
    assertEquals(List.of(), notes(hourly, "2026-10-25T02:00:00Z"));
    assertEquals(List.of(), notes(hourly, "2026-10-24T23:00:00Z"));
    explained(
        cron("30 2 * * *", BERLIN),
        "2026-10-25T01:30:00Z",
        Verdict.NOT_A_TIME,
        -1,
        "fires in the other pass only (fold FIRST)");
  }

  @Test
  void whereATimeMovedFromIsSaid() {
    ScheduleSpec spec = with(cron("0 9 * * SAT,SUN", BERLIN), weekdays(Policy.NEXT_BUSINESS_DAY));
    assertEquals(
        List.of(
            note(
                Kind.MOVED_BY_CALENDAR,
                "Moved here from Saturday 2026-12-26, Sunday 2026-12-27, which are no business days"
                    + " of the calendar de.")),
        notes(spec, "2026-12-28T08:00:00Z"));
    explained(spec, "2026-12-28T08:00:00Z", Verdict.A_TIME, 0, "Monday 2026-12-28 09:00 (+01:00)");
    explained(
        spec,
        "2026-12-27T08:00:00Z",
        Verdict.EXCLUDED,
        0,
        "Sunday 2026-12-27 is no business day of the calendar de: it fires on the business day"
            + " after it.");
    ScheduleSpec daily = with(cron("0 9 * * *", BERLIN), weekdays(Policy.NEXT_BUSINESS_DAY));
    assertEquals(List.of(), notes(daily, "2026-12-28T08:00:00Z"));
  }

  @Test
  void whatLeavesATimeOutIsSaid() {
    ScheduleSpec spec =
        except(
            with(cron("0 9 * * *", BERLIN), weekdays(Policy.SKIP_DAY)),
            dates("2026-12-01", "2026-12-02"),
            between("2026-12-03T00:00:00Z", "2026-12-04T00:00:00Z"));
    assertEquals(
        List.of(note(Kind.EXCLUDED, "Left out by the exclusion of 2026-12-01 to 2026-12-02.")),
        notes(spec, "2026-12-02T08:00:00Z"));
    assertEquals(
        List.of(
            note(
                Kind.EXCLUDED,
                "Left out by the exclusion of 2026-12-03T00:00:00Z to before 2026-12-04T00:00:00Z.")),
        notes(spec, "2026-12-03T08:00:00Z"));
    assertEquals(
        List.of(note(Kind.EXCLUDED, "Saturday 2026-12-05 is no business day of the calendar de.")),
        notes(spec, "2026-12-05T08:00:00Z"));
    assertEquals(List.of(), notes(spec, "2026-12-04T08:00:00Z"));
    explained(spec, "2026-12-02T08:00:00Z", Verdict.EXCLUDED, 0, "exclusion of 2026-12-01");
    explained(spec, "2026-12-05T08:00:00Z", Verdict.EXCLUDED, 0, "no business day");
    explained(spec, "2026-12-02T08:00:01Z", Verdict.NOT_A_TIME, -1, "does not have");
  }

  @Test
  void boundsAreSaid() {
    ScheduleSpec daily = cron("0 0 * * *", "UTC");
    ScheduleSpec spec =
        bounded(daily, at("2026-01-02T00:00:00Z"), at("2026-01-09T00:00:00Z"), 3, 0);
    explained(spec, "2026-01-01T00:00:00Z", Verdict.EXCLUDED, 0, "before the start");
    explained(spec, "2026-01-02T00:00:00Z", Verdict.A_TIME, 0, "has Friday 2026-01-02 00:00 (Z)");
    explained(spec, "2026-01-05T00:00:00Z", Verdict.EXCLUDED, 0, "max_fires, 3, was reached");
    explained(spec, "2026-01-10T00:00:00Z", Verdict.EXCLUDED, 0, "after the end");
    ScheduleSpec counted = bounded(daily, MIN, MAX, 3, at("2026-01-02T00:00:00Z"));
    explained(counted, "2026-01-02T00:00:00Z", Verdict.EXCLUDED, 0, "max_fires counts from");
    explained(
        spec,
        "2026-01-03T00:00:01Z",
        Verdict.NOT_A_TIME,
        -1,
        "The time before it is Saturday 2026-01-03 00:00 (Z). The next one is Sunday 2026-01-04"
            + " 00:00 (Z).");
  }

  @Test
  void theRuleOfAUnionIsNamed() {
    ScheduleSpec spec =
        ScheduleSpec.of(
            new UnionRule(
                List.of(
                    new CronRule(Dialect.UNIX, "0 9 * * *"),
                    new CronRule(Dialect.UNIX, "0 12 * * *"))),
            ZoneId.of(BERLIN));
    explained(spec, "2026-01-01T11:00:00Z", Verdict.A_TIME, 1, "Rule 1 of the union, cron");
    explained(spec, "2026-01-01T10:00:00Z", Verdict.NOT_A_TIME, -1, "None of the rules has");
  }

  @Test
  void theDelayOfATimeIsSaidWhereTheScheduleIsKnown() {
    ScheduleSpec spec = jittered(cron("0 0 * * *", "UTC"), 60_000_000);
    long nominal = at("2026-01-01T00:00:00Z");
    assertEquals(List.of(), SpecNotes.notes(spec, 0, nominal));
    List<TimeNote> notes = SpecNotes.notes(spec, 7, nominal);
    assertEquals(Kind.JITTERED, notes.get(0).kind());
    assertTrue(notes.get(0).text().startsWith("Due at 2026-01-01T00:00:"), notes.toString());
  }
}
