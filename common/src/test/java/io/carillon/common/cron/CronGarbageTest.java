package io.carillon.common.cron;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whatever comes in is read or refused in its place, and soon. */
class CronGarbageTest {

  private static final long SEED = Long.getLong("carillon.seed", 20_260_329L);
  private static final int TEXTS = 15_000;
  private static final long FIFTY_MILLISECONDS = 50_000_000L;

  private static final String[] PIECES = {
    "*",
    "*",
    "*",
    "?",
    "L",
    "W",
    "LW",
    "L-3",
    "#",
    "#2",
    "H",
    "H(",
    "(",
    ")",
    "H(0-29)",
    "/",
    "/5",
    "-",
    ",",
    "0",
    "7",
    "15",
    "31",
    "60",
    "2026",
    "99999999999999999999",
    "MON",
    "FRI",
    "JUL",
    "WED",
    "mar",
    "X",
    "@daily",
    "@",
    ".",
    "+",
    "'",
    "\\",
    "\t",
    "\n",
    "\u0663",
    "\u00a0",
    "\ud83d",
  };

  private final SplittableRandom random = new SplittableRandom(SEED);

  @ParameterizedTest
  @EnumSource
  void everyTextIsReadOrRefusedInItsPlace(CronDialect dialect) {
    int accepted = 0;
    long begin = System.nanoTime();
    for (int i = 0; i < TEXTS; i++) {
      String text = text(1 + random.nextInt(8), 1 + random.nextInt(3));
      try {
        new LocalTimes(CronParser.parse(text, dialect, random.nextInt())).nextFrom(0);
        accepted++;
      } catch (CronSyntaxException e) {
        String scene = "seed " + SEED + ": " + text + ": " + e.getMessage();
        assertTrue(e.position() >= 0 && e.position() <= text.length(), scene);
        assertTrue(e.getMessage().endsWith("."), scene);
      }
      CronParser.guess(text);
      CronParser.hasHashSlot(text);
    }
    long perText = (System.nanoTime() - begin) / TEXTS;
    assertTrue(perText < FIFTY_MILLISECONDS, perText + " ns");
    assertTrue(accepted > 0, "some are expressions");
  }

  private String text(int fields, int pieces) {
    StringBuilder text = new StringBuilder();
    for (int field = 0; field < fields; field++) {
      text.append(field == 0 ? "" : " ");
      int count = random.nextInt(3) > 0 ? 1 : pieces;
      for (int i = 0; i < count; i++) {
        text.append(PIECES[random.nextInt(PIECES.length)]);
      }
    }
    return text.toString();
  }

  @ParameterizedTest
  @EnumSource
  void theLongestAreReadOrRefusedAtOnce(CronDialect dialect) {
    String[] repeated = {
      "0-59,",
      "*/1,",
      "H(0-59)/1,",
      "1W,",
      "L-3W,",
      "MON#1,",
      "9",
      "L",
      "A",
      "?",
      "#",
      "* ",
      "\t",
      "@",
    };
    for (String piece : repeated) {
      String longest = piece.repeat(1_000).substring(0, CronParser.MAX_LENGTH - 10);
      String[] texts = {
        longest, "* * * " + longest, longest + " * * * *", "0 " + longest + " * * *"
      };
      // The best of three, as the machine may be busy with something else.
      long best = Long.MAX_VALUE;
      for (int i = 0; i < 3; i++) {
        long begin = System.nanoTime();
        for (String text : texts) {
          assertThrows(CronSyntaxException.class, () -> CronParser.parse(text, dialect, 1), text);
        }
        best = Math.min(best, System.nanoTime() - begin);
      }
      assertTrue(best < FIFTY_MILLISECONDS, piece + ": " + best + " ns");
    }
  }

  @Test
  void aMegabyteIsRefusedByItsLength() {
    for (String piece : new String[] {"*", " ", "1,", "* ", "?", "L", "H", "@", "\n", "\u0663"}) {
      String text = piece.repeat(1_000_000 / piece.length());
      CronSyntaxException e =
          assertThrows(
              CronSyntaxException.class, () -> CronParser.parse(text, CronDialect.UNIX, 0));
      assertEquals(CronParser.MAX_LENGTH, e.position());
      assertTrue(e.getMessage().length() < 200, "the text is not repeated");
      assertEquals(CronDialect.UNIX, CronParser.guess(text));
      assertFalse(CronParser.hasHashSlot(text), "neighbours are letters");
    }
  }
}
