package io.carillon.cli.crontab;

import io.carillon.cli.crontab.Crontab.Refusal;
import io.carillon.cli.crontab.Crontab.Style;
import io.carillon.v1.CronRule.Dialect;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
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
 *   <li>The first {@code %} of a command that is not escaped ends it; the rest is its standard
 *       input, with further ones as line breaks. {@code \%} is a percent sign.
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
  private static final Pattern USER = Pattern.compile("(\\S+)(?:[ \\t]+(.*))?");

  private final Style style;
  private final List<CrontabEntry> entries = new ArrayList<>();
  private final List<Refusal> refusals = new ArrayList<>();
  private SortedMap<String, String> environment =
      Collections.unmodifiableSortedMap(new TreeMap<>());
  private String zone = "";
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
    return new Crontab(List.copyOf(parser.entries), List.copyOf(parser.refusals));
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
    Matcher assignment = ASSIGNMENT.matcher(line);
    if (assignment.matches()) {
      assign(number, unquoted(assignment.group(1)), unquoted(assignment.group(2).strip()));
    } else {
      entry(number, line.startsWith("-") ? line.substring(1) : line);
    }
  }

  private void assign(int number, String name, String value) {
    if (name.equals("CRON_TZ")) {
      zone = value;
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

  private void entry(int number, String line) {
    TimeFields times = TimeFields.read(line, dialect);
    if (times == null) {
      refuse(number, "expected " + fields(dialect) + " time fields and a command");
      return;
    }
    String expression = times.expression();
    String rest = times.rest();
    if (expression.startsWith("@") && !isEvery(expression)) {
      expression = MACROS.get(expression.toLowerCase(Locale.ROOT));
      if (expression == null) {
        refuse(number, unknownMacro(times.expression()));
        return;
      }
    }
    String user = "";
    if (style == Style.SYSTEM && rest != null) {
      Matcher named = USER.matcher(rest);
      if (!named.matches() || named.group(2) == null || named.group(2).isBlank()) {
        refuse(
            number,
            "expected a user and a command after the time fields; for a user's crontab give --style user");
        return;
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
    command(number, new TimeFields(expression, times.dialect(), rest), user);
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

  private void command(int number, TimeFields times, String user) {
    String text = times.rest();
    StringBuilder command = new StringBuilder();
    StringBuilder stdin = null;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      StringBuilder into = stdin == null ? command : stdin;
      if (c == '\\' && i + 1 < text.length() && text.charAt(i + 1) == '%') {
        into.append('%');
        i++;
      } else if (c == '%' && stdin == null) {
        stdin = new StringBuilder();
      } else {
        into.append(c == '%' ? '\n' : c);
      }
    }
    // As cron does: input ends with a line break.
    if (stdin != null && (stdin.length() == 0 || stdin.charAt(stdin.length() - 1) != '\n')) {
      stdin.append('\n');
    }
    if (command.toString().isBlank()) {
      refuse(number, "no command before the %");
      return;
    }
    entries.add(
        new CrontabEntry(
            number,
            times.expression(),
            times.dialect(),
            zone,
            user,
            command.toString().strip(),
            stdin == null ? null : stdin.toString(),
            environment));
  }

  private void refuse(int line, String reason) {
    refusals.add(new Refusal(line, reason));
  }
}
