package io.carillon.common.cron;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Reads cron expressions, strictly: what is not surely meant is refused.
 *
 * <p>Fields are separated by spaces or tabs:
 *
 * <ul>
 *   <li>UNIX: {@code minute hour day-of-month month day-of-week}
 *   <li>SECONDS: {@code second minute hour day-of-month month day-of-week}
 *   <li>QUARTZ: the same six, and {@code year} (1970 to 2099) if wanted
 * </ul>
 *
 * <p>A field is a comma-separated list of
 *
 * <ul>
 *   <li>{@code *} every value (only alone in its field), {@code *}{@code /n} every n-th from the
 *       least;
 *   <li>{@code a} one value; {@code a/n} every n-th from a to the greatest ({@code 5/15} in
 *       minutes: 5, 20, 35, 50);
 *   <li>{@code a-b} a range, {@code a-b/n} every n-th of it. In UNIX and SECONDS ranges do not wrap
 *       around: {@code 22-4} is written {@code 22-23,0-4}. In QUARTZ they do, except of years, and
 *       steps go on through the wrap: {@code 22-3/2} hours are 22, 0, 2;
 *   <li>{@code H} a hash slot, see below.
 * </ul>
 *
 * <p>Months may be named JAN to DEC and days SUN to SAT; all letters may be in any case. In UNIX
 * and SECONDS, Sunday is 0 or 7: {@code 5-7} and {@code FRI-SUN} are Friday to Sunday. In QUARTZ,
 * Sunday is 1 and Saturday 7. Steps go from 1 to the field's greatest value (129 for years), so
 * that {@code *}{@code /90} minutes is refused rather than read as once an hour.
 *
 * <p><b>Which days, UNIX and SECONDS.</b> As in Vixie cron, a day matches if day-of-month OR
 * day-of-week matches when both are restricted, and a field that begins with {@code *} counts as
 * unrestricted, also as a step: then both must match. A field with H is restricted.
 *
 * <p><b>Which days, QUARTZ.</b> Exactly one of the two day fields is {@code ?}, as in Quartz, and
 * the other chooses: {@code 0 0 0 1 * *} is refused. Beside values, lists of day-of-month may have
 *
 * <ul>
 *   <li>{@code L} the last day of the month; {@code L-3} the third before it, up to {@code L-30},
 *       which only months of 31 days have;
 *   <li>{@code 15W} the day from Monday to Friday nearest to the 15th: the Friday before a
 *       Saturday, the Monday after a Sunday, but never in another month: {@code 1W} is Monday the
 *       3rd if the 1st is a Saturday. Nothing in months without that day: {@code 31W} leaves out
 *       April;
 *   <li>{@code LW} and {@code L-3W}, the same of those days.
 * </ul>
 *
 * <p>and lists of day-of-week
 *
 * <ul>
 *   <li>{@code MON#2} or {@code 2#2}, the second Monday of the month, 1 to 5; nothing in months
 *       without a fifth;
 *   <li>{@code FRIL} or {@code 6L}, the last Friday of the month;
 *   <li>{@code L}, only alone in its field: Saturday.
 * </ul>
 *
 * <p>W, L and # belong to one value: with ranges and steps they are refused. Quartz 2.5 differs: it
 * drops the rest of a list with {@code #}, ignores the step after a name of a month, begins the day
 * that a W means at the hour of the instant asked for, and refuses {@code 2L,6L} and {@code
 * 2#1,2#3}.
 *
 * <p><b>Hash slots.</b> {@code H} is one value of its field that a hash of the slot number and the
 * field chooses, the same for ever: {@code H H * * *} is once a day, spread over the day by
 * schedule. {@code H(0-29)} chooses in a range, {@code H/15} and {@code H(0-29)/10} choose where to
 * begin with the step. H is known in all fields but the year; a day of the month is chosen from 1
 * to 28, which every month has, unless the range says otherwise. H takes the same place in its
 * field in each dialect, and several times in a list. The random values of OpenBSD and cronie are
 * such slots too: {@code 0~30} is {@code H(0-30)}, and {@code ~} is {@code H}.
 *
 * <p><b>Macros.</b> All dialects know, in any case, {@code @yearly}, {@code @annually}, {@code
 * @monthly}, {@code @weekly}, {@code @daily}, {@code @midnight}, {@code @hourly} and {@code
 * @every_minute}. They have no hash slots. {@code @every} is an interval and refused, {@code
 * @reboot} means nothing here.
 */
public final class CronParser {

  /** The longest expression, in characters. */
  public static final int MAX_LENGTH = 1000;

  private static final Map<String, String> MACROS =
      new TreeMap<>(
          Map.of(
              "@yearly", "0 0 1 1 *",
              "@annually", "0 0 1 1 *",
              "@monthly", "0 0 1 * *",
              "@weekly", "0 0 * * 0",
              "@daily", "0 0 * * *",
              "@midnight", "0 0 * * *",
              "@hourly", "0 * * * *",
              "@every_minute", "* * * * *"));

  private CronParser() {}

  /**
   * The fields of an expression.
   *
   * @param slot what the values of H are made of; without meaning if there is none
   * @throws CronSyntaxException if it is not an expression of the dialect
   */
  public static CronFields parse(String text, CronDialect dialect, int slot) {
    try {
      return strictly(text, dialect, slot);
    } catch (CronSyntaxException e) {
      String hint = text.length() > MAX_LENGTH ? null : OtherForms.hint(text, CronParser::isQuartz);
      throw hint == null ? e : new CronSyntaxException(e.position(), e.getMessage() + " " + hint);
    }
  }

  /** Six fields with a year, of which one is ?, begin with the second here. */
  private static boolean isQuartz(String text) {
    if (text.length() > MAX_LENGTH || !text.contains("?")) {
      return false;
    }
    try {
      var unused = strictly(text, CronDialect.QUARTZ, 0);
      return text.strip().split("[ \t]+").length == 7;
    } catch (CronSyntaxException e) {
      return false;
    }
  }

  static CronFields strictly(String text, CronDialect dialect, int slot) {
    checkCharacters(text);
    List<int[]> spans = spans(text);
    if (isMacro(text, spans)) {
      return strictly(macro(text, spans), CronDialect.UNIX, slot);
    }
    checkCount(text, spans, dialect);
    Map<CronField, CronFieldParser> read = new EnumMap<>(CronField.class);
    for (int i = 0; i < spans.size(); i++) {
      CronField field = dialect.fields.get(i);
      FieldText in = new FieldText(text, spans.get(i)[0], spans.get(i)[1], dialect, field);
      read.put(field, new CronFieldParser(in, dialect, field, slot).parse());
    }
    if (dialect == CronDialect.QUARTZ) {
      checkDays(text, spans, read);
    }
    return fieldsOf(read);
  }

  /**
   * The dialect that an expression is most likely meant in: UNIX for macros and five fields, QUARTZ
   * for seven, and for six with one of the signs {@code ? L W #}, SECONDS for six others. UNIX too
   * if no dialect has that many fields.
   */
  public static CronDialect guess(String text) {
    if (text.length() > MAX_LENGTH) {
      return CronDialect.UNIX;
    }
    List<int[]> spans = spans(text);
    if (isMacro(text, spans) || spans.size() < 6 || spans.size() > 7) {
      return CronDialect.UNIX;
    }
    return spans.size() == 7 || QuartzSigns.in(text) ? CronDialect.QUARTZ : CronDialect.SECONDS;
  }

  /** Whether an expression has an H or ~, so that its times depend on a slot. */
  public static boolean hasHashSlot(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) == '~') {
        return true;
      }
      if ((text.charAt(i) == 'H' || text.charAt(i) == 'h')
          && !(i > 0 && QuartzSigns.isLetter(text.charAt(i - 1)))
          && !(i + 1 < text.length() && QuartzSigns.isLetter(text.charAt(i + 1)))) {
        return true;
      }
    }
    return false;
  }

  private static CronFields fieldsOf(Map<CronField, CronFieldParser> read) {
    CronFieldParser second = read.get(CronField.SECOND);
    CronFieldParser minute = read.get(CronField.MINUTE);
    CronFieldParser hour = read.get(CronField.HOUR);
    CronFieldParser dayOfMonth = read.get(CronField.DAY_OF_MONTH);
    CronFieldParser dayOfWeek =
        read.getOrDefault(CronField.DAY_OF_WEEK, read.get(CronField.QUARTZ_DAY_OF_WEEK));
    CronFieldParser year = read.get(CronField.YEAR);
    int daysOfMonth = (int) dayOfMonth.bits();
    int daysOfWeek = (int) dayOfWeek.bits();
    return new CronFields(
        second == null ? 1 : second.bits(),
        minute.bits(),
        (int) hour.bits(),
        daysOfMonth,
        (int) read.get(CronField.MONTH).bits(),
        daysOfWeek,
        !dayOfMonth.unrestricted() && !dayOfWeek.unrestricted(),
        (second != null && second.repeats()) || minute.repeats(),
        dayOfMonth.specialDays(dayOfWeek).without(daysOfMonth, daysOfWeek),
        year == null || year.everyYear() ? Years.ALL : Years.of(year.values()));
  }

  /** Exactly one of the day fields is {@code ?}. */
  private static void checkDays(
      String text, List<int[]> spans, Map<CronField, CronFieldParser> read) {
    boolean anyOfMonth = read.get(CronField.DAY_OF_MONTH).any();
    boolean anyOfWeek = read.get(CronField.QUARTZ_DAY_OF_WEEK).any();
    if (anyOfMonth != anyOfWeek) {
      return;
    }
    int[] ofMonth = spans.get(CronDialect.QUARTZ.fields.indexOf(CronField.DAY_OF_MONTH));
    int[] ofWeek = spans.get(CronDialect.QUARTZ.fields.indexOf(CronField.QUARTZ_DAY_OF_WEEK));
    if (anyOfMonth) {
      throw new CronSyntaxException(
          ofWeek[0],
          "Only one of the fields day-of-month and day-of-week is ?; the other chooses the days,"
              + " as * for every day.");
    }
    // Of two fields that choose, a wildcard is the one to give up.
    boolean wildMonth = "*".equals(text.substring(ofMonth[0], ofMonth[1]));
    boolean wildWeek = "*".equals(text.substring(ofWeek[0], ofWeek[1]));
    String hint = "write ? for one of them, and a second expression for the other.";
    if (wildMonth || wildWeek) {
      hint = "write ? for the " + (wildMonth ? "day-of-month." : "day-of-week.");
    }
    throw new CronSyntaxException(
        wildMonth ? ofMonth[0] : ofWeek[0],
        "One of the fields day-of-month and day-of-week must be ?, as in Quartz: " + hint);
  }

  private static void checkCharacters(String text) {
    if (text.length() > MAX_LENGTH) {
      throw new CronSyntaxException(
          MAX_LENGTH,
          "The expression has " + text.length() + " characters; at most 1000 are allowed.");
    }
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if ((c < ' ' && c != '\t') || c > '~') {
        throw new CronSyntaxException(
            i,
            String.format(
                Locale.ROOT,
                "Character U+%04X is not allowed: an expression is printable ASCII, with spaces or"
                    + " tabs between its fields.",
                (int) c));
      }
    }
  }

  /** Begin (inclusive) and end (exclusive) of each field. */
  private static List<int[]> spans(String text) {
    List<int[]> spans = new ArrayList<>(6);
    int at = 0;
    while (at < text.length()) {
      if (isBlank(text.charAt(at))) {
        at++;
        continue;
      }
      int begin = at;
      while (at < text.length() && !isBlank(text.charAt(at))) {
        at++;
      }
      spans.add(new int[] {begin, at});
    }
    return spans;
  }

  private static boolean isBlank(char c) {
    return c == ' ' || c == '\t';
  }

  private static boolean isMacro(String text, List<int[]> spans) {
    return !spans.isEmpty() && text.charAt(spans.get(0)[0]) == '@';
  }

  private static String macro(String text, List<int[]> spans) {
    int begin = spans.get(0)[0];
    String name = text.substring(begin, spans.get(0)[1]);
    String expression = MACROS.get(name.toLowerCase(Locale.ROOT));
    if (expression == null) {
      throw new CronSyntaxException(begin, unknown(name));
    }
    if (spans.size() > 1) {
      throw new CronSyntaxException(spans.get(1)[0], "Nothing may follow the macro " + name + ".");
    }
    return expression;
  }

  private static String unknown(String macro) {
    String known = "known are " + String.join(", ", MACROS.keySet()) + ".";
    return switch (macro.toLowerCase(Locale.ROOT)) {
      case "@every" -> "@every is an interval: give it as an interval rule, as in 90s.";
      case "@reboot" -> "@reboot has no meaning here, where no machine starts; " + known;
      default -> "Unknown macro " + macro + "; " + known;
    };
  }

  private static void checkCount(String text, List<int[]> spans, CronDialect dialect) {
    List<CronField> fields = dialect.fields;
    int count = spans.size();
    if (count >= dialect.required && count <= fields.size()) {
      return;
    }
    StringBuilder wanted = new StringBuilder();
    for (int i = 0; i < fields.size(); i++) {
      String label = fields.get(i).label;
      wanted.append(i == 0 ? "" : " ").append(i < dialect.required ? label : "[" + label + "]");
    }
    CronDialect other = guess(text);
    boolean fits = count >= other.required && count <= other.fields.size();
    throw new CronSyntaxException(
        count > fields.size() ? spans.get(fields.size())[0] : text.length(),
        "The expression has "
            + count
            + " fields; this dialect has "
            + (dialect.required == fields.size() ? "" : dialect.required + " or ")
            + fields.size()
            + ": "
            + wanted
            + "."
            + (fits ? " It looks like the dialect " + other + "." : ""));
  }
}
