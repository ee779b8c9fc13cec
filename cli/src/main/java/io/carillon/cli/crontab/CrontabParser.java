package io.carillon.cli.crontab;

import io.carillon.cli.crontab.Crontab.Note;
import io.carillon.cli.crontab.Crontab.Refusal;
import io.carillon.cli.crontab.Crontab.Style;
import io.carillon.v1.CronRule.Dialect;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads a crontab as Vixie cron and cronie do.
 *
 * <ul>
 *   <li>{@code NAME=value} holds for the lines below it. {@code CRON_TZ} says in which zone their
 *       times are meant. {@code TZ} does not: cron only hands it to the commands, and so does this.
 *       Either before the time fields of a line, {@code CRON_TZ=Asia/Tokyo 0 9 * * * cmd}, holds
 *       for that line. {@code RANDOM_DELAY}, in minutes, is a jitter.
 *   <li>Of a command's {@code %} {@link CommandText} says more.
 *   <li>A leading {@code -} (SUSE: do not log) is accepted and means nothing here.
 *   <li>{@code @reboot} is refused: Carillon knows times, not machines that start.
 *   <li>Beyond cron: {@code CRON_DIALECT=unix}, {@code seconds} or {@code quartz} says how the
 *       lines below it are meant, and {@code CRON_DIALECT=} leaves it to {@link TimeFields} again;
 *       {@code @every 90s} is a fixed distance.
 * </ul>
 *
 * <p>The time fields themselves are not looked into: the master is the one that knows what fires.
 */
public final class CrontabParser {

  private static final Map<String, String> MACROS =
      Map.of(
          "@yearly", "0 0 1 1 *",
          "@annually", "0 0 1 1 *",
          "@monthly", "0 0 1 * *",
          "@weekly", "0 0 * * 0",
          "@daily", "0 0 * * *",
          "@midnight", "0 0 * * *",
          "@hourly", "0 * * * *",
          "@every_minute", "* * * * *");
  private static final Pattern ASSIGNMENT =
      Pattern.compile("(\"[^\"]*\"|'[^']*'|[^\\s=\"']+)[ \\t]*=[ \\t]*(.*)");

  /** A zone for one line. */
  private static final Pattern ZONED =
      Pattern.compile("(?:CRON_)?TZ=(\\S+)[ \\t]+((?:[0-9*H~]\\S*(?:[ \\t]+\\S+){4}|@).*)");

  /** Period, delay, name and command. */
  private static final Pattern ANACRON =
      Pattern.compile("(?:[0-9]+|@[a-z]+)[ \\t]+[0-9]+[ \\t]+[A-Za-z_]\\S*[ \\t]+\\S.*");

  /** A day. */
  private static final int MAX_DELAY = 1440;

  private static final Pattern USER = Pattern.compile("(\\S+)(?:[ \\t]+(.*))?");

  private final Style style;
  private final List<CrontabEntry> entries = new ArrayList<>();
  private final List<Refusal> refusals = new ArrayList<>();
  private final List<Note> notes = new ArrayList<>();
  private SortedMap<String, String> environment =
      Collections.unmodifiableSortedMap(new TreeMap<>());
  private String zone = "";
  private int delayMinutes;
  private Dialect dialect = Dialect.DIALECT_UNSPECIFIED;

  private CrontabParser(Style style) {
    this.style = style;
  }

  public static Crontab parse(byte[] content, Style style) {
    CrontabParser parser = new CrontabParser(style);
    int number = 0;
    int start = startAfterByteOrderMark(content);
    while (start < content.length) {
      int end = start;
      while (end < content.length && content[end] != '\n') {
        end++;
      }
      parser.line(++number, ByteBuffer.wrap(content, start, end - start));
      start = end + 1;
    }
    return new Crontab(
        List.copyOf(parser.entries), List.copyOf(parser.refusals), List.copyOf(parser.notes));
  }

  private static int startAfterByteOrderMark(byte[] content) {
    boolean marked =
        content.length >= 3
            && content[0] == (byte) 0xEF
            && content[1] == (byte) 0xBB
            && content[2] == (byte) 0xBF;
    return marked ? 3 : 0;
  }

  private void line(int number, ByteBuffer bytes) {
    String line;
    try {
      line = StandardCharsets.UTF_8.newDecoder().decode(bytes).toString();
    } catch (CharacterCodingException e) {
      refuse(number, "not UTF-8; convert the file, for example with iconv -f latin1 -t utf-8");
      return;
    }
    if (line.endsWith("\r")) {
      line = line.substring(0, line.length() - 1);
    }
    if (line.indexOf('\0') >= 0) {
      refuse(number, "holds a NUL byte; is this a text file?");
      return;
    }
    line = line.replaceFirst("^[ \\t]+", "");
    if (line.isBlank() || line.startsWith("#")) {
      return;
    }
    Matcher zoned = ZONED.matcher(line);
    Matcher assignment = ASSIGNMENT.matcher(line);
    if (zoned.matches()) {
      entry(number, zoned.group(2), unquoted(zoned.group(1)));
    } else if (assignment.matches()) {
      assign(number, unquoted(assignment.group(1)), unquoted(assignment.group(2).strip()));
    } else {
      entry(number, line.startsWith("-") ? line.substring(1) : line, zone);
    }
  }

  private void assign(int number, String name, String value) {
    if (name.equals("CRON_TZ")) {
      zone = value;
      return;
    }
    if (name.equals("RANDOM_DELAY")) {
      if (value.matches("[0-9]{1,4}") && Integer.parseInt(value) <= MAX_DELAY) {
        delayMinutes = Integer.parseInt(value);
      } else {
        refuse(number, "RANDOM_DELAY is a number of minutes up to " + MAX_DELAY + ", not " + value);
      }
      return;
    }
    if (name.equals("CRON_DIALECT")) {
      switch (value.toLowerCase(Locale.ROOT)) {
        case "" -> dialect = Dialect.DIALECT_UNSPECIFIED;
        case "unix" -> dialect = Dialect.UNIX;
        case "seconds" -> dialect = Dialect.SECONDS;
        case "quartz" -> dialect = Dialect.QUARTZ;
        default -> refuse(number, "CRON_DIALECT is unix, seconds or quartz, not " + value);
      }
      return;
    }
    SortedMap<String, String> changed = new TreeMap<>(environment);
    changed.put(name, value);
    // A new one each time: the entries above keep the one they had.
    environment = Collections.unmodifiableSortedMap(changed);
  }

  /** Quotes count only in pairs around the whole; nothing is expanded. */
  private static String unquoted(String text) {
    boolean quoted =
        text.length() >= 2
            && (text.charAt(0) == '"' || text.charAt(0) == '\'')
            && text.charAt(text.length() - 1) == text.charAt(0);
    return quoted ? text.substring(1, text.length() - 1) : text;
  }

  private void entry(int number, String line, String zone) {
    if (ANACRON.matcher(line).matches()) {
      refuse(
          number,
          "looks like a line of anacrontab: a period, a delay and a name; give its command a time, as"
              + " in @daily, and the delay by RANDOM_DELAY=45 above it");
      return;
    }
    TimeFields times = TimeFields.read(line, dialect);
    if (times == null) {
      refuse(number, "expected " + fields(dialect) + " time fields and a command");
      return;
    }
    if (dialect == Dialect.DIALECT_UNSPECIFIED && TimeFields.isAmbiguous(line)) {
      refuse(
          number,
          "may be five time fields and a stray *, or six that begin with seconds: take the * out, or"
              + " write CRON_DIALECT=seconds above it");
      return;
    }
    String expression = times.expression();
    String rest = times.rest();
    if (expression.startsWith("at(") && !isLocalTime(expression)) {
      refuse(number, expression + " is no local time, as in at(2026-12-01T13:00:00)");
      return;
    }
    if (expression.startsWith("@") && !isEvery(expression)) {
      expression = MACROS.get(expression.toLowerCase(Locale.ROOT));
      if (expression == null) {
        refuse(number, unknownMacro(times.expression()));
        return;
      }
    }
    String user = "";
    if (style == Style.SYSTEM && rest != null) {
      UserWord word = UserWord.of(rest);
      if (word == UserWord.NONE || word == UserWord.COMMAND) {
        refuse(number, noUser(rest.strip()));
        return;
      }
      Matcher named = USER.matcher(rest);
      if (!named.matches()) {
        throw new IllegalStateException("a user without a command");
      }
      user = named.group(1);
      rest = named.group(2);
    }
    if (rest == null || rest.isBlank()) {
      refuse(
          number,
          line.startsWith("@")
              ? "no command after " + line.strip()
              : "no command after "
                  + fields(times.dialect())
                  + " time fields; is one of them missing?");
      return;
    }
    note(number, line, times);
    command(number, new TimeFields(expression, times.dialect(), rest), user, zone);
  }

  private static String noUser(String rest) {
    String[] words = rest.split("[ \\t]+", 2);
    return (words.length > 1
            ? "\"" + words[0] + "\" is no user: expected one before the command"
            : "expected a user and a command after the time fields")
        + "; for a user's crontab give --style user";
  }

  private void note(int number, String line, TimeFields times) {
    String[] words = line.split("[ \\t]+", 7);
    if (dialect == Dialect.DIALECT_UNSPECIFIED
        && times.dialect() == Dialect.SECONDS
        && words[5].equals("*")) {
      notes.add(
          new Note(number, "read as six fields that begin with seconds; if not, take the * out"));
    }
  }

  private static boolean isLocalTime(String at) {
    try {
      var unused = LocalDateTime.parse(at.substring(3, at.length() - 1));
      return true;
    } catch (DateTimeParseException e) {
      return false;
    }
  }

  private static boolean isEvery(String macro) {
    return macro.toLowerCase(Locale.ROOT).startsWith("@every ");
  }

  private static String fields(Dialect dialect) {
    return switch (dialect) {
      case SECONDS -> "six";
      case QUARTZ -> "six or seven";
      case DIALECT_UNSPECIFIED, UNIX, UNRECOGNIZED -> "five";
    };
  }

  private static String unknownMacro(String name) {
    if (name.equalsIgnoreCase("@reboot")) {
      return "@reboot means the start of a machine, which is no time; let the machine's init system run it";
    }
    if (name.equalsIgnoreCase("@every")) {
      return "@every needs a distance and a command, as in @every 90s /bin/poll";
    }
    return "unknown macro " + name;
  }

  private void command(int number, TimeFields times, String user, String zone) {
    CommandText text = CommandText.of(times.rest());
    if (text.command().isEmpty()) {
      refuse(number, "no command before the %");
      return;
    }
    entries.add(
        new CrontabEntry(
            number,
            times.expression(),
            times.dialect(),
            zone,
            times.expression().startsWith("at(") ? 0 : delayMinutes,
            user,
            text.command(),
            text.stdin(),
            environment));
  }

  private void refuse(int line, String reason) {
    refusals.add(new Refusal(line, reason));
  }
}
