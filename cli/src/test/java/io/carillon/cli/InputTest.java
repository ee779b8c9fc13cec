package io.carillon.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carillon.cli.FakeMaster.Outcome;
import io.carillon.cli.terminal.ExitCode;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a command is given: read within bounds, or refused in words of its users. */
@Timeout(60)
class InputTest {

  @TempDir Path folder;

  private Outcome run(String... arguments) {
    return FakeMaster.runWith("", Map.of("CARILLON_SERVER", "127.0.0.1:1"), arguments);
  }

  @Test
  void filesAreBoundedWhateverTheyAre() throws IOException {
    Path large = folder.resolve("large");
    try (RandomAccessFile file = new RandomAccessFile(large.toFile(), "rw")) {
      file.setLength(300L << 20);
    }
    for (String file : List.of("/dev/zero", large.toString())) {
      String[] create = {"schedule", "create", "x", "--every", "1s", "--payload", "@" + file};
      assertTooLarge(file, 65_536, run(create));
      assertTooLarge(file, 15 << 20, run("calendar", "import", file, "--id", "x"));
    }
    assertTooLarge(
        large.toString(),
        256 << 20,
        run("schedule", "import", large.toString(), "--format", "crontab"));
  }

  private static void assertTooLarge(String file, int limit, Outcome outcome) {
    assertEquals(ExitCode.USAGE, outcome.exit(), outcome.err());
    String expected = file + " is too large: at most " + limit + " bytes are taken";
    assertTrue(outcome.err().contains(expected), outcome.err());
  }

  @Test
  void whatTheLocaleCannotReadIsRefusedAndNotStoredInPart() {
    Outcome outcome = run("schedule", "create", "x", "--every", "1s", "--payload", "\ufffd\ufffd");
    assertEquals(ExitCode.USAGE, outcome.exit());
    assertTrue(outcome.err().contains("LC_ALL=C.UTF-8"), outcome.err());
  }

  @Test
  void wrongValuesAreRefusedInWordsOfTheUser() {
    for (String[] wrong :
        new String[][] {
          {"schedule", "list", "-o", "yaml"},
          {"subscribe", "--max", "many"},
          {"subscribe", "--max", "99999999999999999999"},
          {"subscribe", "--window", "9999999999"},
          {"dev", "--nodes", "1.5"},
          {"dev", "--listen", "nowhere"},
          {"dev", "--log-format", "xml"},
          {"dev", "--log-level", "loud"},
          {"schedule", "create", "x", "--every", "soon"},
          {"schedule", "create", "x", "--cron", "@daily", "--catch-up", "sometimes"},
          {"schedule", "preview", "x", "--since", "then"},
          {"calendar", "create", "x", "--day", "never"}
        }) {
      Outcome outcome = run(wrong);
      assertEquals(ExitCode.USAGE, outcome.exit(), outcome.err());
      String value = wrong[wrong.length - 1];
      assertTrue(outcome.err().contains(value), outcome.err());
      assertFalse(
          outcome.err().matches("(?s).*(java\\.|Exception|\\bint\\b|\\blong\\b|cannot convert).*"),
          outcome.err());
    }
  }

  @Test
  void digitsAreTheSameInEveryLocale() {
    Locale before = Locale.getDefault(Locale.Category.FORMAT);
    try {
      Locale.setDefault(Locale.Category.FORMAT, Locale.forLanguageTag("ar-EG"));
      assertEquals("٢٥٦", "%d".formatted(256), "a locale of other digits");
      Carillon.prepare();
      assertEquals("256", "%d".formatted(256));
    } finally {
      Locale.setDefault(Locale.Category.FORMAT, before);
    }
  }
}
