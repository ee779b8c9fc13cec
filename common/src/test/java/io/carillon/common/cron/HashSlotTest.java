package io.carillon.common.cron;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HashSlotTest {

  private static final long SEED = Long.getLong("carillon.seed", 20_260_329L);
  private static final int SLOTS = 10_000;

  private static CronFields unix(String text, int slot) {
    return CronParser.parse(text, CronDialect.UNIX, slot);
  }

  private static CronFields seconds(String text, int slot) {
    return CronParser.parse(text, CronDialect.SECONDS, slot);
  }

  /** Pinned, as a change of the hash would move the schedules of the world. */
  @ParameterizedTest
  @CsvSource({
    "0, 19 23 14 5 12 4",
    "1, 54 20 11 15 8 1",
    "42, 39 13 18 10 1 0",
    "-1, 52 32 14 14 9 2",
    "2147483647, 3 26 14 24 10 5",
  })
  void theValuesOfASlotAreForEver(int slot, String expression) {
    assertEquals(seconds(expression, 0), seconds("H H H H H H", slot));
    assertEquals(seconds(expression, 0), seconds("h h h h h h", slot));
  }

  @ParameterizedTest
  @CsvSource({"0, 5/15", "1, 5/15", "42, 3/15", "-1, 8/15", "2147483647, 6/15"})
  void aStepBeginsAtAValueOfTheSlot(int slot, String field) {
    assertEquals(unix(field + " 9 * * *", 0), unix("H/15 9 * * *", slot));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 42, -1, Integer.MIN_VALUE})
  void theDialectsChooseTheSame(int slot) {
    assertEquals(unix("H H * * H", slot), seconds("0 H H * * H", slot));
    assertEquals(
        unix("H H * H H", slot).daysOfWeek(),
        CronParser.parse("0 H H ? H H", CronDialect.QUARTZ, slot).daysOfWeek());
    assertEquals(
        seconds("H H H H H *", slot), CronParser.parse("H H H H H ?", CronDialect.QUARTZ, slot));
  }

  @Test
  void theMinutesAreHitAboutEqually() {
    spread("H * * * *", 0, 59);
    spread("H(10-19) * * * *", 10, 19);
  }

  /** Neighbours in number too, as hashes may be few in bits or in a row. */
  private static void spread(String text, int first, int last) {
    SplittableRandom random = new SplittableRandom(SEED);
    int[] random10k = new int[64];
    int[] inARow = new int[64];
    for (int i = 0; i < SLOTS; i++) {
      random10k[Long.numberOfTrailingZeros(unix(text, random.nextInt()).minutes())]++;
      inARow[Long.numberOfTrailingZeros(unix(text, i).minutes())]++;
    }
    for (int[] hits : new int[][] {random10k, inARow}) {
      even(Arrays.copyOfRange(hits, first, last + 1), "seed " + SEED + ", " + text);
    }
  }

  /** All of the hits, and each within five standard deviations of its share. */
  private static void even(int[] hits, String scene) {
    assertEquals(SLOTS, Arrays.stream(hits).sum(), scene);
    double share = (double) SLOTS / hits.length;
    double bound = 5 * Math.sqrt(share);
    for (int hit : hits) {
      assertEquals(share, hit, bound, scene + ": " + Arrays.toString(hits));
    }
  }

  @Test
  void everyFieldIsSpreadOverAllItMayChoose() {
    int[] days = new int[28];
    int[] months = new int[12];
    int[] daysOfWeek = new int[7];
    int[] hours = new int[24];
    int[] minuteByHour = new int[4];
    for (int slot = 0; slot < SLOTS; slot++) {
      CronFields fields = unix("H H H H H", slot);
      days[Integer.numberOfTrailingZeros(fields.daysOfMonth()) - 1]++;
      months[Integer.numberOfTrailingZeros(fields.months()) - 1]++;
      daysOfWeek[Integer.numberOfTrailingZeros(fields.daysOfWeek())]++;
      int hour = Integer.numberOfTrailingZeros(fields.hours());
      hours[hour]++;
      minuteByHour[hour / 12 * 2 + Long.numberOfTrailingZeros(fields.minutes()) / 30]++;
    }
    even(days, "day-of-month");
    even(months, "month");
    even(daysOfWeek, "day-of-week");
    even(hours, "hour");
    even(minuteByHour, "hour and minute are independent");
  }

  @Test
  void rangesAndStepsAreKept() {
    for (int slot = -500; slot < 500; slot++) {
      String scene = "slot " + slot;
      long minute = unix("H(0-29) * * * *", slot).minutes();
      assertEquals(1, Long.bitCount(minute), scene);
      assertTrue(Long.numberOfTrailingZeros(minute) <= 29, scene);
      long stepped = unix("H(0-29)/10 * * * *", slot).minutes();
      int begin = Long.numberOfTrailingZeros(stepped);
      assertTrue(begin < 10, scene);
      assertEquals(1L << begin | 1L << (begin + 10) | 1L << (begin + 20), stepped, scene);
      // A range that is shorter than its step still has one value.
      assertEquals(1, Long.bitCount(unix("H(3-5)/10 * * * *", slot).minutes()), scene);
      assertEquals(0, unix("H(3-5)/10 * * * *", slot).minutes() & ~0b11_1000L, scene);
      // Nothing after the 28th, unless the range says so.
      assertEquals(0, unix("0 0 H/3 * *", slot).daysOfMonth() >>> 29, scene);
      assertEquals(0, unix("0 0 H(30-31) * *", slot).daysOfMonth() & (1 << 30) - 1, scene);
      assertEquals(0, unix("0 0 * * H(MON-FRI)", slot).daysOfWeek() & 0b100_0001, scene);
      assertEquals(0, unix("0 0 * * H(6-7)", slot).daysOfWeek() & 0b011_1110, scene);
      int night =
          CronParser.parse("0 0 H(22-4) * * ?", CronDialect.QUARTZ, slot).hours()
              & ~(0b11111 | 0b11 << 22);
      assertEquals(0, night, scene);
    }
  }

  @Test
  void listsMayHaveSlots() {
    // Slot 42 has minute 13; of the first half hour 6, as the hash is scaled.
    assertEquals(unix("0,13,45 * * * *", 0), unix("0,H,45 * * * *", 42));
    CronFields halves = unix("H(0-29),H(30-59) 9 * * *", 42);
    assertEquals(2, Long.bitCount(halves.minutes()));
    long first = halves.minutes() & (1L << 30) - 1;
    assertEquals(halves.minutes(), first | first << 30, "half an hour apart");
  }

  @ParameterizedTest
  @CsvSource({
    "H H * * *, false",
    "H(0-29) 9 * * *, false",
    "'H,30 9 * * *', false",
    "H/15 9 * * *, true",
    "H(0-29)/10 9 * * *, true",
    "0 H/6 * * *, false",
    "0 0 H/6 * *, false",
  })
  void aSlotIsAFixedValueUnlessItHasAStep(String text, boolean both) {
    assertEquals(both, unix(text, 7).runsInBothPasses());
  }

  @Test
  void daysWithASlotAreRestricted() {
    assertTrue(unix("0 0 H * MON", 1).eitherDay());
    assertTrue(unix("0 0 1 * H", 1).eitherDay());
    assertFalse(unix("0 0 H * *", 1).eitherDay());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "H( * * * * | 2 | ends too soon",
        "H() * * * * | 2 | Unexpected ')'",
        "H(5) * * * * | 3 | Unexpected ')'",
        "H(5-) * * * * | 4 | Unexpected ')'",
        "H(0-29 * * * * | 6 | ends too soon",
        "H(0-60) * * * * | 4 | 60 is out of range",
        "H(29-0) * * * * | 2 | The range 29-0 of the minute field runs backwards",
        "H(*) * * * * | 2 | Unexpected '*'",
        "H(H-5) * * * * | 2 | 'H' is not a value",
        "H(0-29)5 * * * * | 7 | Unexpected '5'",
        "H/0 * * * * | 2 | A step of 0 is out of range",
        "H/60 * * * * | 2 | allowed are 1-59",
        "H/ * * * * | 2 | ends too soon",
        "H5 * * * * | 1 | Unexpected '5'",
        "HH * * * * | 0 | 'HH' is not a value of the minute field",
        "H-5 * * * * | 1 | Unexpected '-'",
        "0-H * * * * | 2 | 'H' is not a value",
        "*/H * * * * | 2 | Unexpected 'H'",
        "*,H * * * * | 0 | stands alone",
        "0 0 H(0-5) * * | 6 | 0 is out of range",
        "0 0 * * THUH | 8 | 'THUH' is not a value",
      })
  void faultsAreRefusedWhereTheyAre(String text, int position, String message) {
    CronSyntaxException e = assertThrows(CronSyntaxException.class, () -> unix(text, 1), text);
    assertTrue(e.getMessage().contains(message), text + ": " + e.getMessage());
    assertEquals(position, e.position(), text + ": " + e.getMessage());
  }

  @ParameterizedTest
  @CsvSource({
    "H * * * *, true",
    "0 0 * * h, true",
    "'0,H 0 * * *', true",
    "0 H(0-5)/2 * * *, true",
    "0 0 H ? H *, true",
    "0 0 * MAR THU, false",
    "0 0 * MARCH *, false",
    "0 0 * * thu-fri, false",
    "0 0 0 ? * THUL, false",
    "@hourly, false",
    "@monthly, false",
    "* * * * *, false",
    "'', false",
  })
  void whetherASlotIsNeededIsSeen(String text, boolean slot) {
    assertEquals(slot, CronParser.hasHashSlot(text));
  }

  @ParameterizedTest
  @ValueSource(strings = {"* * * * *", "0 9 * MAR THU", "@daily", "5-20/3 1,2 * * 7"})
  void withoutHTheSlotHasNoMeaning(String text) {
    assertFalse(CronParser.hasHashSlot(text));
    assertEquals(unix(text, 0), unix(text, 12_345));
  }
}
