package io.carillon.common.words;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTimeout;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carillon.common.schedule.BusinessDays;
import io.carillon.common.schedule.BusinessDays.CalendarVersion;
import io.carillon.common.schedule.DayRange;
import io.carillon.common.schedule.ScheduleSpec;
import io.carillon.common.schedule.ScheduleSpec.CronRule;
import io.carillon.common.schedule.ScheduleSpec.DateExclusion;
import io.carillon.common.schedule.ScheduleSpec.Dialect;
import io.carillon.common.schedule.ScheduleSpec.FoldPolicy;
import io.carillon.common.schedule.ScheduleSpec.GapPolicy;
import io.carillon.common.schedule.ScheduleSpec.IntervalRule;
import io.carillon.common.schedule.ScheduleSpec.OnceRule;
import io.carillon.common.schedule.ScheduleSpec.RecurrenceRule;
import io.carillon.common.schedule.ScheduleSpec.Rule;
import io.carillon.common.schedule.ScheduleSpec.UnionRule;
import io.carillon.common.time.Micros;
import io.carillon.common.words.Descriptions.Description;
import java.time.Duration;
import java.time.ZoneId;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class DescriptionsTest {

  private static final ZoneId UTC = ZoneId.of("UTC");

  private static Description of(Rule rule, String language) {
    return Descriptions.describe(ScheduleSpec.of(rule, UTC), language);
  }

  private static Rule cron(Dialect dialect, String expression) {
    return new CronRule(dialect, expression);
  }

  private record Line(Dialect dialect, String expression, String words) {}

  @Test
  void cronExpressionsInEnglish() {
    Line[] table = {
      new Line(Dialect.UNIX, "* * * * *", "Every minute"),
      new Line(Dialect.UNIX, "*/15 * * * *", "Every 15 minutes"),
      new Line(Dialect.UNIX, "0 * * * *", "Every hour"),
      new Line(Dialect.UNIX, "5 * * * *", "At minute 5 of every hour"),
      new Line(Dialect.UNIX, "0 9 * * *", "At 09:00 every day"),
      new Line(Dialect.UNIX, "@daily", "At 00:00 every day"),
      new Line(Dialect.UNIX, "0 9,17 * * 1-5", "At 09:00 and 17:00 on Monday to Friday"),
      new Line(
          Dialect.UNIX,
          "*/15 9-17 * * MON-FRI",
          "Every 15 minutes between 09:00 and 17:59 on Monday to Friday"),
      new Line(Dialect.UNIX, "0 0 1,15 * *", "At 00:00 on days 1 and 15 of the month"),
      new Line(Dialect.UNIX, "0 0 13 * 5", "At 00:00 on day 13 of the month and on Friday"),
      new Line(Dialect.UNIX, "30 4 1 1,7 *", "At 04:30 on day 1 of the month in January and July"),
      new Line(Dialect.UNIX, "0 0 * * 0,6", "At 00:00 on Saturday and Sunday"),
      new Line(Dialect.UNIX, "0 22-23 * * *", "At 22:00 and 23:00 every day"),
      new Line(Dialect.UNIX, "0 8-18 * * *", "Every hour from 08:00 to 18:00"),
      new Line(Dialect.SECONDS, "*/10 * * * * *", "Every 10 seconds"),
      new Line(Dialect.SECONDS, "* * * * * *", "Every second"),
      new Line(Dialect.SECONDS, "5 0 9 * * *", "At 09:00:05 every day"),
      new Line(Dialect.SECONDS, "30 * * * * *", "At second 30 of every minute"),
      new Line(Dialect.QUARTZ, "0 0 12 L * ?", "At 12:00 on the last day of the month"),
      new Line(
          Dialect.QUARTZ, "0 0 12 L-3 * ?", "At 12:00 on 3 days before the last day of the month"),
      new Line(Dialect.QUARTZ, "0 0 12 LW * ?", "At 12:00 on the last weekday of the month"),
      new Line(
          Dialect.QUARTZ,
          "0 0 12 15W * ?",
          "At 12:00 on the weekday nearest to day 15 of the month"),
      new Line(Dialect.QUARTZ, "0 0 12 ? * MON#2", "At 12:00 on the second Monday of the month"),
      new Line(Dialect.QUARTZ, "0 0 12 ? * 6L", "At 12:00 on the last Friday of the month"),
      new Line(
          Dialect.QUARTZ,
          "0 0 12 1 1 ? 2027-2030",
          "At 12:00 on day 1 of the month in January in 2027 to 2030"),
    };
    assertAll(
        Stream.of(table)
            .map(
                line ->
                    () ->
                        assertEquals(
                            new Description(line.words() + ", on the time of UTC", "en"),
                            of(cron(line.dialect(), line.expression()), "en"),
                            line.expression())));
  }

  @Test
  void hashSlotsAreToldAsTheTimesThatTheyChose() {
    String one = of(new CronRule(Dialect.UNIX, "H H * * *", 1), "en").text();
    String other = of(new CronRule(Dialect.UNIX, "H H * * *", 2), "en").text();
    assertTrue(one.matches("At \\d\\d:\\d\\d every day, on the time of UTC"), one);
    assertNotEquals(one, other);
  }

  @Test
  void allLanguagesOfCronUtils() {
    Set<String> texts = new HashSet<>();
    for (String language : CronTranslation.LANGUAGES) {
      Description said = of(cron(Dialect.UNIX, "*/15 9-17 * * 1-5"), language);
      assertEquals(language, said.language());
      assertTrue(said.text().contains("15"), said.text());
      assertTrue(texts.add(said.text()), language + " has words of its own: " + said.text());
    }
    assertEquals(16, texts.size());
  }

  @Test
  void dialectsAreTranslatedAlike() {
    String german = "um 09:00 jede Tag zwischen Montag und Freitag";
    assertEquals(new Description(german, "de"), of(cron(Dialect.UNIX, "0 9 * * 1-5"), "de-AT"));
    assertEquals(german, of(cron(Dialect.SECONDS, "0 0 9 * * mon-fri"), "de").text());
    assertEquals(german, of(cron(Dialect.QUARTZ, "0 0 9 ? * 2-6"), "de").text());
  }

  @Test
  void whatCannotBeTranslatedIsToldInEnglish() {
    // cron-utils tells the two day fields as if both had to match.
    assertEquals("en", of(cron(Dialect.UNIX, "0 0 13 * 5"), "de").language());
    assertEquals("en", of(cron(Dialect.QUARTZ, "0 0 9 1,L * ?"), "de").language());
    // Its German has a broken letter here.
    assertEquals("en", of(cron(Dialect.QUARTZ, "0 0 9 15W * ?"), "de").language());
    assertEquals("en", of(new IntervalRule(1_000_000, 0), "de").language());
    for (String tag : new String[] {"", "en-GB", "tlh", "xx", "-", "\0", "de".repeat(10_000)}) {
      assertEquals("en", of(cron(Dialect.UNIX, "0 9 * * *"), tag).language());
    }
  }

  @Test
  void otherRules() {
    assertEquals(
        "Every 1 day 2 hours 500 milliseconds, counted from 1970-01-01T00:00:00Z",
        of(new IntervalRule(93_600_500_000L, 0), "").text());
    assertEquals("Once at 2026-03-29T01:00:00Z", of(once("2026-03-29T01:00:00Z"), "").text());
    String counted = ", counted from 1970-01-01T00:00:00Z, on the time of UTC";
    String[][] table = {
      {"FREQ=DAILY", "Every day"},
      {"FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE", "Every 2 weeks on Monday and Wednesday"},
      {"freq=monthly;byday=-1FR;count=10", "Every month on the last Friday, 10 times"},
      {
        "FREQ=MONTHLY;BYMONTHDAY=1,-2",
        "Every month on the 1st day of the month and the 2nd last day of the month"
      },
      {"FREQ=YEARLY;BYMONTH=1;BYDAY=3MO", "Every year in January on the 3rd Monday"},
      {"FREQ=YEARLY;X-ODD=1", "Every year, X-ODD=1"},
      {"nonsense", "By the recurrence rule nonsense"}
    };
    for (String[] line : table) {
      assertEquals(line[1] + counted, of(new RecurrenceRule(line[0], 0), "").text());
    }
    UnionRule union =
        new UnionRule(
            List.of(cron(Dialect.UNIX, "0 9 * * *"), cron(Dialect.QUARTZ, "0 0 17 ? * 6")));
    assertEquals(
        "At 09:00 every day; and at 17:00 on Friday, on the time of UTC", of(union, "").text());
    assertEquals("um 09:00; um 17:00 um Freitag Tag", of(union, "de").text());
  }

  private static Rule once(String instant) {
    return new OnceRule(Micros.parse(instant));
  }

  @Test
  void allOfASpecIsToldInEnglish() {
    ScheduleSpec spec =
        new ScheduleSpec(
            cron(Dialect.UNIX, "0 9 * * *"),
            ZoneId.of("Europe/Berlin"),
            Long.MIN_VALUE,
            Micros.parse("2027-01-01T00:00:00Z"),
            10,
            Micros.parse("2026-01-01T00:00:00Z"),
            GapPolicy.SHIFT,
            FoldPolicy.FIRST,
            List.of(new DateExclusion(new DayRange(1, 2))),
            new BusinessDays(
                BusinessDays.Policy.NEXT_BUSINESS_DAY,
                List.of(new CalendarVersion("bank", 3)),
                1,
                List.of()),
            300_000_000);
    assertEquals(
        "At 09:00 every day, on the time of Europe/Berlin; moved to the next business day of the"
            + " calendar bank; except 1 range left out; until 2027-01-01T00:00:00Z; at most 10"
            + " times after 2026-01-01T00:00:00Z; each up to 5 minutes later",
        Descriptions.describe(spec, "en").text());
  }

  @Test
  void noExpressionIsTooMuch() {
    long seed = Long.getLong("carillon.seed", System.nanoTime());
    Random random = new Random(seed);
    for (int i = 0; i < 2_000; i++) {
      String expression =
          field(random, 60, 0)
              + field(random, 60, 0)
              + field(random, 24, 0)
              + field(random, 31, 1)
              + field(random, 12, 1)
              + field(random, 7, 0).strip();
      String language = CronTranslation.LANGUAGES.get(random.nextInt(16));
      Description said =
          assertTimeout(
              Duration.ofSeconds(2),
              () -> of(cron(Dialect.SECONDS, expression), language),
              expression + ", seed " + seed);
      assertFalse(said.text().isBlank(), expression + ", seed " + seed);
    }
  }

  private static String field(Random random, int count, int min) {
    StringBuilder list = new StringBuilder();
    int elements = random.nextInt(12);
    for (int i = 0; i < elements; i++) {
      int from = min + random.nextInt(count);
      int to = from + random.nextInt(min + count - from);
      list.append(i == 0 ? "" : ",");
      switch (random.nextInt(4)) {
        case 0 -> list.append(from);
        case 1 -> list.append(from).append('-').append(to);
        case 2 -> list.append(from).append('-').append(to).append("/2");
        default -> list.append("H");
      }
    }
    return (elements == 0 ? "*" : list) + " ";
  }
}
