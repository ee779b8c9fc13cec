package io.carillon.cli.terminal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.encoder.Encoder;
import io.carillon.cli.FakeMaster;
import io.carillon.cli.terminal.Output.Column;
import io.carillon.v1.Schedule;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** What others have written neither steers a terminal nor looks like another line. */
class PrintableTest {

  private static final String NASTY =
      "a\u001b[2J\u0007\u009b1m\u007f\u202eb\u2028c\u2066\ufeff\r\n12:00:00 ERROR forged";
  private static final String SAFE =
      "a\\u001b[2J\\u0007\\u009b1m\\u007f\\u202eb\\u2028c\\u2066\\ufeff\\r";

  @Test
  void whatSteersIsShownAsAnEscape() {
    assertEquals(SAFE + "\\n12:00:00 ERROR forged", Printable.line(NASTY));
    assertEquals(SAFE + "\n12:00:00 ERROR forged", Printable.lines(NASTY));
    assertEquals("\\u{e0041}\\ud800\\t", Printable.line("\udb40\udc41\ud800\t"));
  }

  @Test
  void whatPeopleWriteStaysAsItIs() {
    for (String text : List.of("", "nightly", "Größe ± 5 %", "می‌خواهم", "日本", "👩‍💻")) {
      assertEquals(text, Printable.line(text));
    }
  }

  @Test
  void tablesAndViewsAndLinesAreSafe() {
    Schedule schedule = Schedule.newBuilder().setDisplayName(NASTY).build();
    List<Column<Schedule>> columns = List.of(new Column<>("NAME", Schedule::getDisplayName));
    StringWriter out = new StringWriter();
    Output output = new Output(new PrintWriter(out), Output.Format.TABLE);
    output.one(schedule, columns);
    output.list(List.of(schedule).iterator(), columns);
    output.line(schedule, Schedule::getDisplayName);
    assertEquals(
        List.of(
            "NAME: " + SAFE,
            "      12:00:00 ERROR forged",
            "NAME",
            SAFE + "\\n12:00:00 ERROR forged",
            SAFE + "\\n12:00:00 ERROR forged"),
        out.toString().lines().toList());
  }

  @Test
  void errorMessagesAreSafe() {
    FakeMaster.Outcome outcome =
        FakeMaster.runWith("", java.util.Map.of(), "schedule", "list", "--" + NASTY);
    assertEquals(ExitCode.USAGE, outcome.exit());
    assertTrue(outcome.err().contains("\\u001b[2J"), outcome.err());
    assertFalse(outcome.err().contains("\u001b"), outcome.err());
    assertTrue(outcome.err().lines().skip(1).allMatch(line -> line.startsWith("  ")));
  }

  @Test
  void aLogLineCannotBeForgedByAMessageOrAnException() {
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    Encoder<ILoggingEvent> encoder = Logging.plain(context);
    encoder.start();
    LoggingEvent event =
        new LoggingEvent(
            "x",
            context.getLogger("io.carillon.Core"),
            Level.WARN,
            "held: {}",
            new IllegalStateException(NASTY, new RuntimeException(NASTY)),
            new Object[] {NASTY});
    String text = new String(encoder.encode(event), StandardCharsets.UTF_8);
    List<String> lines = text.lines().toList();
    assertTrue(
        lines.get(0).endsWith(" WARN  Core - held: " + SAFE + "\\n12:00:00 ERROR forged"), text);
    assertEquals("java.lang.IllegalStateException: " + SAFE, lines.get(1));
    assertEquals("\t12:00:00 ERROR forged", lines.get(2));
    assertTrue(lines.stream().skip(2).allMatch(line -> line.startsWith("\t")), text);
    assertTrue(text.contains("\tCaused by: java.lang.RuntimeException: " + SAFE + "\n"), text);
    assertFalse(text.contains("\u001b"), text);
  }
}
