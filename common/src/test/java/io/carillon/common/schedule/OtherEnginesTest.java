package io.carillon.common.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.cronutils.model.CronType;
import com.cronutils.model.definition.CronDefinitionBuilder;
import com.cronutils.model.time.ExecutionTime;
import com.cronutils.parser.CronParser;
import io.carillon.common.schedule.ScheduleSpec.CronRule;
import io.carillon.common.schedule.ScheduleSpec.Dialect;
import io.carillon.common.schedule.ScheduleSpec.FoldPolicy;
import io.carillon.common.schedule.ScheduleSpec.GapPolicy;
import io.carillon.common.time.Micros;
import java.text.ParseException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Date;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TimeZone;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.quartz.CronExpression;

/**
 * The engine beside those of cron-utils 9.2.1 and Quartz 2.5.2, on random expressions, in UTC:
 * where the meaning is the same, so is the next time. Where it is not, a row below says what the
 * other library does and why ours does not; a row that no longer holds fails, so that the list
 * stays true.
 *
 * <p>Changes of the clock are left out: there the two go their own ways (cron-utils #112, #213,
 * #214, #446; Quartz #81, #1104), and {@link DifferentialTest} is the judge.
 */
class OtherEnginesTest {

  private static final long SEED = Long.getLong("carillon.seed", 20_261_121L);
  private static final int EXPRESSIONS = Integer.getInteger("carillon.windows", 3_000);
  private static final int INSTANTS = 5;
  private static final ZoneId UTC = ZoneId.of("UTC");

  private static final CronParser QUARTZ_PARSER =
      new CronParser(CronDefinitionBuilder.instanceDefinitionFor(CronType.QUARTZ));
  private static final CronParser UNIX_PARSER =
      new CronParser(CronDefinitionBuilder.instanceDefinitionFor(CronType.UNIX));

  /** Signs in a list: cron-utils #539; of Quartz refused, or all but one ignored. */
  private static final Pattern SIGNS_IN_A_LIST =
      Pattern.compile("(\\S*[LW#]\\S*,\\S*|\\S*,\\S*[LW#]\\S*)(?<!JUL)");

  /** A month's name as the begin or end of a range or step. */
  private static final Pattern NAME_IN_A_RANGE = Pattern.compile("[A-Z]{3}[-/]|-[A-Z]{3}");

  /** A weekday that some months do not have a day for: cron-utils #715. */
  private static final Pattern RARE_WEEKDAY = Pattern.compile("(29|30|31)W");

  private final SplittableRandom random = new SplittableRandom(SEED);

  @Test
  void quartz_agrees() throws ParseException {
    int compared = 0;
    for (int i = 0; i < EXPRESSIONS; i++) {
      RandomCron cron = new RandomCron(random, Dialect.QUARTZ);
      String days = cron.text.split("[ \t]+")[3] + " " + cron.text.split("[ \t]+")[5];
      boolean otherMeaning =
          SIGNS_IN_A_LIST.matcher(days).find()
              || NAME_IN_A_RANGE.matcher(cron.text).find()
              || days.contains("W");
      if (!otherMeaning) {
        CronExpression theirs = new CronExpression(cron.text);
        theirs.setTimeZone(TimeZone.getTimeZone(ZoneOffset.UTC));
        Occurrences ours = times(cron);
        for (int n = 0; n < INSTANTS; n++) {
          long after = instant();
          assertEquals(quartz(theirs, after), ours(ours, after), () -> scene(cron, after));
          compared++;
        }
      }
    }
    assertTrue(compared > EXPRESSIONS, "most expressions mean the same: " + compared);
  }

  @Test
  void cron_utils_agrees_on_quartz_expressions() {
    int compared = 0;
    for (int i = 0; i < EXPRESSIONS; i++) {
      RandomCron cron = new RandomCron(random, Dialect.QUARTZ);
      String days = cron.text.split("[ \t]+")[3] + " " + cron.text.split("[ \t]+")[5];
      boolean otherMeaning =
          SIGNS_IN_A_LIST.matcher(days).find() || RARE_WEEKDAY.matcher(days).find();
      if (!otherMeaning) {
        compared += compare(cron, QUARTZ_PARSER);
      }
    }
    assertTrue(compared > EXPRESSIONS, "most expressions mean the same: " + compared);
  }

  @Test
  void cron_utils_agrees_on_unix_expressions() {
    int compared = 0;
    for (int i = 0; i < EXPRESSIONS; i++) {
      RandomCron cron = new RandomCron(random, Dialect.UNIX);
      String dayOfMonth = cron.text.split("[ \t]+")[2];
      String dayOfWeek = cron.text.split("[ \t]+")[4];
      boolean steppedDay = dayOfMonth.startsWith("*/") || dayOfWeek.startsWith("*/");
      boolean otherMeaning =
          steppedDay || dayOfWeek.contains("/") || dayOfWeek.matches(".*(SUN-|-SUN).*");
      if (!otherMeaning) {
        compared += compare(cron, UNIX_PARSER);
      }
    }
    assertTrue(compared > EXPRESSIONS, "most expressions mean the same: " + compared);
  }

  private int compare(RandomCron cron, CronParser parser) {
    ExecutionTime theirs = ExecutionTime.forCron(parser.parse(cron.text));
    Occurrences ours = times(cron);
    for (int n = 0; n < INSTANTS; n++) {
      long after = instant();
      assertEquals(cronUtils(theirs, after), ours(ours, after), () -> scene(cron, after));
    }
    return INSTANTS;
  }

  /** Where they differ: what each says is the next time, and why ours does. */
  @ParameterizedTest(name = "{0} {1}: {5}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
      Quartz    | 0 0 0 ? JAN/2 1       | 2026-02-01T00:00:00Z | 2026-03-01T00:00:00Z | 2027-01-03T00:00:00Z | a step after a month's name is ignored
      Quartz    | 0 0 0 1 FEB-JUL/5 ?   | 2026-02-01T00:00:00Z | 2026-07-01T00:00:00Z | 2026-03-01T00:00:00Z | the step of a range of names is ignored
      Quartz    | 0 0 0 1 2-JUL ?       | 2026-01-01T00:00:00Z | 2026-02-01T00:00:00Z | refused              | a range of a number and a name
      Quartz    | 0 0 * LW * ?          | 2026-12-30T12:30:00Z | 2026-12-31T00:00:00Z | 2026-12-31T13:00:00Z | the hours of the next matching day begin at the instant's
      Quartz    | 0 0 0 ? * 6#5,5       | 2026-01-01T00:00:00Z | 2026-01-08T00:00:00Z | 2026-01-29T00:00:00Z | of a list with # one day counts, as the n-th
      Quartz    | 0 0 0 ? * 6L,5        | 2026-01-01T00:00:00Z | 2026-01-08T00:00:00Z | refused              | L beside other days of the week
      cronutils | 0 0 0 31W * ?         | 2026-02-10T00:00:00Z | 2026-03-31T00:00:00Z | refused              | 715: a month without that day
      cronutils | 0 0 0 LW,5W * ?       | 2027-03-14T00:00:00Z | 2027-03-31T00:00:00Z | 2027-04-05T00:00:00Z | 539: of a list with signs not all count
      cronutils | 0 0 0 ? * FRIL,5      | 2026-01-01T00:00:00Z | 2026-01-08T00:00:00Z | refused              | 539: names with L in a list
      cronutils | 0 0 * * SUN-TUE       | 2026-01-01T00:00:00Z | 2026-01-04T00:00:00Z | refused              | 202: a week that begins on Sunday
      cronutils | 0 0 * * SAT/1         | 2026-01-03T00:00:00Z | 2026-01-10T00:00:00Z | 2026-01-04T00:00:00Z | 480: an open step runs on to Sunday as 7
      cronutils | 0 0 */10 * 5          | 2026-01-02T00:00:00Z | 2026-05-01T00:00:00Z | 2026-01-09T00:00:00Z | Vixie: a field that begins with * leaves the choice to the other
      """)
  void known_disagreements(
      String library, String expression, String after, String ours, String theirs, String why)
      throws ParseException {
    long from = Instant.parse(after).getEpochSecond();
    Dialect dialect = expression.split(" ").length == 5 ? Dialect.UNIX : Dialect.QUARTZ;
    Occurrences times = ScheduleSpec.of(new CronRule(dialect, expression), UTC).compile();
    assertEquals(Optional.of(Instant.parse(ours)), ours(times, from), why);
    assertEquals(theirs, other(library, dialect, expression, from), why);
  }

  private static String other(String library, Dialect dialect, String expression, long after) {
    try {
      Optional<Instant> next;
      if (library.equals("Quartz")) {
        CronExpression quartz = new CronExpression(expression);
        quartz.setTimeZone(TimeZone.getTimeZone(ZoneOffset.UTC));
        next = quartz(quartz, after);
      } else {
        CronParser parser = dialect == Dialect.UNIX ? UNIX_PARSER : QUARTZ_PARSER;
        next = cronUtils(ExecutionTime.forCron(parser.parse(expression)), after);
      }
      return next.map(Instant::toString).orElse("never");
    } catch (ParseException | IllegalArgumentException | DateTimeException e) {
      return "refused";
    }
  }

  private static Occurrences times(RandomCron cron) {
    return cron.spec(UTC, GapPolicy.SHIFT, FoldPolicy.FIRST).compile();
  }

  private static Optional<Instant> ours(Occurrences times, long after) {
    long next = times.nextAfter(after * 1_000_000);
    return next == Occurrences.NEVER ? Optional.empty() : Optional.of(Micros.toInstant(next));
  }

  private static Optional<Instant> quartz(CronExpression expression, long after) {
    Date next = expression.getNextValidTimeAfter(new Date(after * 1_000));
    return before2100(Optional.ofNullable(next).map(Date::toInstant));
  }

  private static Optional<Instant> cronUtils(ExecutionTime times, long after) {
    return before2100(
        times.nextExecution(Instant.ofEpochSecond(after).atZone(UTC)).map(t -> t.toInstant()));
  }

  /** Our times end with 2099. */
  private static Optional<Instant> before2100(Optional<Instant> time) {
    return time.filter(at -> at.isBefore(Instant.parse("2100-01-01T00:00:00Z")));
  }

  private long instant() {
    return 1_700_000_000L + random.nextLong(1_500_000_000L);
  }

  private static String scene(RandomCron cron, long after) {
    return "seed " + SEED + ": " + cron.text + " after " + Instant.ofEpochSecond(after);
  }
}
