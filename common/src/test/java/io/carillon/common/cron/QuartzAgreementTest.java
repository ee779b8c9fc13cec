package io.carillon.common.cron;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.text.ParseException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TimeZone;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.quartz.CronExpression;

/**
 * The dialect QUARTZ against Quartz itself, in UTC. Where they differ, a table says in what, so
 * that a new version of Quartz that behaves otherwise is noticed. Another seed: {@code
 * -Dcarillon.seed=n}.
 */
class QuartzAgreementTest {

  private static final long SEED = Long.getLong("carillon.seed", 20_260_329L);
  private static final int EXPRESSIONS = 1_000;

  private final SplittableRandom random = new SplittableRandom(SEED);

  private static List<LocalDateTime> ours(String text, LocalDateTime after, int n) {
    LocalTimes times = new LocalTimes(CronParser.parse(text, CronDialect.QUARTZ, 0));
    List<LocalDateTime> found = new ArrayList<>();
    long at = after.toEpochSecond(ZoneOffset.UTC);
    while (found.size() < n && (at = times.nextFrom(at + 1)) != LocalRule.NONE) {
      found.add(LocalDateTime.ofEpochSecond(at, 0, ZoneOffset.UTC));
    }
    return found;
  }

  private static List<LocalDateTime> theirs(String text, LocalDateTime after, int n) {
    List<LocalDateTime> found = new ArrayList<>();
    try {
      CronExpression expression = new CronExpression(text);
      expression.setTimeZone(TimeZone.getTimeZone("UTC"));
      Date at = Date.from(after.toInstant(ZoneOffset.UTC));
      while (found.size() < n && (at = expression.getNextValidTimeAfter(at)) != null) {
        Instant instant = at.toInstant();
        found.add(LocalDateTime.ofInstant(instant, ZoneOffset.UTC));
      }
    } catch (ParseException e) {
      throw new IllegalArgumentException(text, e);
    }
    // Their times go on after 2099.
    found.removeIf(time -> time.getYear() > 2099);
    return found;
  }

  @Test
  void bothFindTheSameTimes() {
    for (int i = 0; i < EXPRESSIONS; i++) {
      String text = expression();
      LocalDateTime after =
          LocalDateTime.of(1980, 1, 1, 0, 0).plusSeconds(random.nextLong(119L * 365 * 86_400));
      String scene = "seed " + SEED + ": " + text + " after " + after;
      assertEquals(theirs(text, after, 12), ours(text, after, 12), scene);
    }
  }

  private String expression() {
    boolean byMonth = random.nextBoolean();
    String ofMonth = random.nextInt(8) == 0 ? "L" : field(1, 31, null);
    // Of L they know only months of 31 days.
    String month = "L".equals(ofMonth) ? "1,3,MAY,7,aug,10,12" : field(1, 12, "OCT-FEB");
    String year = random.nextInt(3) > 0 ? "" : " " + (1990 + random.nextInt(50)) + "/3";
    return String.join(
            " ",
            field(0, 59, null),
            field(0, 59, null),
            field(0, 23, null),
            byMonth ? ofMonth : "?",
            byMonth ? month : field(1, 12, "OCT-FEB"),
            byMonth ? "?" : ofWeek())
        + year;
  }

  private String ofWeek() {
    int day = 1 + random.nextInt(7);
    return switch (random.nextInt(5)) {
      case 0 -> day + "L";
      case 1 -> day + "#" + (1 + random.nextInt(5));
      case 2 -> "L";
      default -> field(1, 7, "FRI-MON");
    };
  }

  private String field(int min, int max, String names) {
    int size = max - min + 1;
    int first = min + random.nextInt(size);
    int last = min + random.nextInt(size);
    int step = 1 + random.nextInt(size - 1);
    return switch (random.nextInt(8)) {
      case 0 -> "*/" + step;
      case 1 -> first + "/" + step;
      case 2 -> first + "-" + last;
      case 3 -> first + "-" + last + "/" + step;
      case 4 -> first + "," + last;
      case 5 -> String.valueOf(first);
      case 6 -> names == null ? first + "," + last + "-" + max : names;
      default -> "*";
    };
  }

  /** They miss times, or take some that the signs do not mean. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        // L in months of less than 31 days.
        "0 0 0 L 2 ? | 2026-02-28T00:00",
        "0 0 0 L 4 ? | 2026-04-30T00:00",
        "0 0 0 L-3 6 ? | 2026-06-27T00:00",
        "0 0 0 LW 2 ? | 2026-02-27T00:00",
        // W that moves to a Monday: 2026-02-15 and 2026-03-01 are Sundays, 2026-08-01 a Saturday.
        "0 0 0 15W 2 ? | 2026-02-16T00:00",
        "0 0 0 1W 3 ? | 2026-03-02T00:00",
        // A list with #; a step after names.
        "0 0 0 ? 2 MON#2,WED | 2026-02-04T00:00",
      })
  void whereTheyMissTheFirstTime(String text, LocalDateTime first) {
    LocalDateTime after = LocalDateTime.of(2026, 1, 1, 0, 0);
    assertEquals(first, ours(text, after, 1).get(0));
    assertTrue(!theirs(text, after, 12).contains(first), text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        // What follows a sign is ignored there.
        "0 0 0 15W/2 * ?",
        "0 0 0 1W-15 * ?",
        "0 0 0 1-15W * ?",
        "0 0 0 ? * *#2",
        // A wildcard that is not alone; a step of nothing; years beyond the calendar.
        "0 0 0 *,1 * ?",
        "0 /15 0 * * ?",
        "0 0 0 1 1 ? 2100",
        "0 0 0 1 1 ? 1969",
      })
  void whatTheyAcceptAndWeRefuse(String text) throws ParseException {
    new CronExpression(text);
    assertThrows(
        CronSyntaxException.class, () -> CronParser.parse(text, CronDialect.QUARTZ, 0), text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0 0 0 ? * 2L,6L",
        "0 0 0 ? * 2#1,2#3",
        "0 0 0 ? * MON,FRIL",
        "0 H 0 * * ?",
        "@daily",
      })
  void whatWeAcceptAndTheyRefuse(String text) {
    CronParser.parse(text, CronDialect.QUARTZ, 0);
    assertThrows(ParseException.class, () -> new CronExpression(text), text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0 0 0 * * *",
        "0 0 0 1 * *",
        "0 0 0 * * 2",
        "0 0 0 ? * ?",
        "0 0 0 L-31 * ?",
        "0 0 0 32W * ?",
        "0 0 0 W * ?",
        "0 0 0 LL * ?",
        "0 0 0 ? * MON#",
        "0 0 0 ? * FRI#6",
        "0 0 0 ? * FRI#0",
        "0 0 0 ? * MON#1#2",
        "0 0 0 ? * MON,L",
        "0 0 0 ? * 0",
        "0 0 0 ? * 8",
        "0 */70 0 * * ?",
        "0 0 0 1 1 ? 2030-2027",
        "0 0 0 1 1 ? ?",
        "? 0 0 * * ?",
      })
  void whatBothRefuse(String text) {
    assertThrows(ParseException.class, () -> new CronExpression(text), text);
    assertThrows(
        CronSyntaxException.class, () -> CronParser.parse(text, CronDialect.QUARTZ, 0), text);
  }
}
