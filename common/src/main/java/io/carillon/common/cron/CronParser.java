package io.carillon.common.cron;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * Reads cron expressions, strictly: what is not surely meant is refused.
 *
 * <p>Fields are separated by spaces or tabs: {@code minute hour day-of-month month day-of-week},
 * with a leading {@code second} in the dialect with seconds. A field is a comma-separated list of
 *
 * <ul>
 *   <li>{@code *} every value (only alone in its field), {@code *}{@code /n} every n-th from the
 *       least;
 *   <li>{@code a} one value; {@code a/n} every n-th from a to the greatest ({@code 5/15} in
 *       minutes: 5, 20, 35, 50);
 *   <li>{@code a-b} a range, {@code a-b/n} every n-th of it. Ranges do not wrap around: {@code
 *       22-4} is written {@code 22-23,0-4}.
 * </ul>
 *
 * <p>Months may be named JAN to DEC and days SUN to SAT, in any case. Sunday is 0 or 7: {@code 5-7}
 * and {@code FRI-SUN} are Friday to Sunday. Steps go from 1 to the field's greatest value, so that
 * {@code *}{@code /90} minutes is refused rather than read as once an hour.
 *
 * <p>As in Vixie cron, a day matches if day-of-month OR day-of-week matches when both are
 * restricted, and a field that begins with {@code *} counts as unrestricted, also as a step: then
 * both must match.
 *
 * <p>Both dialects know the macros @yearly, @annually, @monthly, @weekly, @daily, @midnight and
 *
 * @hourly, in any case.
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
              "@hourly", "0 * * * *"));

  private static final List<CronField> FIELDS = List.of(CronField.values());

  private CronParser() {}

  /**
   * The fields of an expression.
   *
   * @param withSeconds whether it has six fields, the first of them seconds
   * @throws CronSyntaxException if it is not an expression of the dialect
   */
  public static CronFields parse(String text, boolean withSeconds) {
    checkCharacters(text);
    List<int[]> spans = spans(text);
    if (!spans.isEmpty() && text.charAt(spans.get(0)[0]) == '@') {
      return parse(macro(text, spans), false);
    }
    List<CronField> fields = withSeconds ? FIELDS : FIELDS.subList(1, FIELDS.size());
    checkCount(text, spans, fields);
    CronFieldParser[] read = new CronFieldParser[FIELDS.size()];
    for (int i = 0; i < fields.size(); i++) {
      int[] span = spans.get(i);
      CronField field = fields.get(i);
      read[field.ordinal()] = new CronFieldParser(text, span[0], span[1], field).parse();
    }
    return fieldsOf(read);
  }

  private static CronFields fieldsOf(CronFieldParser[] read) {
    CronFieldParser second = read[CronField.SECOND.ordinal()];
    CronFieldParser minute = read[CronField.MINUTE.ordinal()];
    CronFieldParser hour = read[CronField.HOUR.ordinal()];
    CronFieldParser dayOfMonth = read[CronField.DAY_OF_MONTH.ordinal()];
    CronFieldParser dayOfWeek = read[CronField.DAY_OF_WEEK.ordinal()];
    long daysOfWeek = dayOfWeek.values();
    return new CronFields(
        second == null ? 1 : second.values(),
        minute.values(),
        (int) hour.values(),
        (int) dayOfMonth.values(),
        (int) read[CronField.MONTH.ordinal()].values(),
        (int) ((daysOfWeek | daysOfWeek >> 7) & 0x7f),
        !dayOfMonth.unrestricted() && !dayOfWeek.unrestricted(),
        (second != null && second.stretches()) || minute.stretches() || hour.stretches());
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

  private static String macro(String text, List<int[]> spans) {
    int begin = spans.get(0)[0];
    String name = text.substring(begin, spans.get(0)[1]);
    String expression = MACROS.get(name.toLowerCase(Locale.ROOT));
    if (expression == null) {
      throw new CronSyntaxException(
          begin,
          "Unknown macro " + name + "; known are " + String.join(", ", MACROS.keySet()) + ".");
    }
    if (spans.size() > 1) {
      throw new CronSyntaxException(spans.get(1)[0], "Nothing may follow the macro " + name + ".");
    }
    return expression;
  }

  private static void checkCount(String text, List<int[]> spans, List<CronField> fields) {
    if (spans.size() == fields.size()) {
      return;
    }
    StringBuilder wanted = new StringBuilder();
    for (CronField field : fields) {
      wanted.append(wanted.isEmpty() ? "" : " ").append(field.label);
    }
    int position = spans.size() > fields.size() ? spans.get(fields.size())[0] : text.length();
    throw new CronSyntaxException(
        position,
        "The expression has "
            + spans.size()
            + " fields; this dialect has "
            + fields.size()
            + ": "
            + wanted
            + ".");
  }
}
