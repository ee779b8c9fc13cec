package io.carillon.common.schedule;

import io.carillon.common.schedule.ScheduleSpec.CronRule;
import io.carillon.common.schedule.ScheduleSpec.Dialect;
import io.carillon.common.schedule.ScheduleSpec.FoldPolicy;
import io.carillon.common.schedule.ScheduleSpec.GapPolicy;
import io.carillon.common.schedule.ScheduleSpec.IntervalRule;
import io.carillon.common.schedule.ScheduleSpec.OnceRule;
import io.carillon.common.schedule.ScheduleSpec.Rule;
import java.time.ZoneId;
import java.util.Map;
import java.util.TreeMap;

/**
 * The canonical text of specs: {@code key=value} pairs joined by {@code ;}, the rule first, then
 * the zone, then what is not at its default, always in the same order.
 *
 * <pre>
 * cron=UNIX:0 9 * * 1-5;zone=Europe/Berlin;gap=SKIP
 * interval=60000000@1767225600000000;zone=UTC;max=10;from=1767225600000000
 * once=1767225600000000;zone=UTC
 * </pre>
 *
 * <p>Keys: {@code cron} dialect and expression, {@code interval} period and anchor, {@code once};
 * {@code zone}; {@code start}, {@code end}, {@code max}, {@code from} (where counting begins),
 * {@code gap}, {@code fold}. Times are microseconds since 1970. Of an expression or zone, {@code %
 * ; =} and what is not printable ASCII is written {@code %XX}, beyond U+007F {@code %uXXXX} per
 * UTF-16 unit: that loses nothing, so even a spec that does not compile has a text of its own.
 */
final class SpecText {

  private static final String FIELD = "spec";
  private static final String REASON = "SPEC_MALFORMED";

  private final String text;
  private final Map<String, String> values = new TreeMap<>();
  private final Map<String, Integer> positions = new TreeMap<>();

  private SpecText(String text) {
    this.text = text;
  }

  static String write(ScheduleSpec spec) {
    StringBuilder out = new StringBuilder(80);
    if (spec.rule() instanceof CronRule cron) {
      out.append("cron=").append(cron.dialect()).append(':');
      escape(cron.expression(), out);
    } else if (spec.rule() instanceof IntervalRule interval) {
      out.append("interval=").append(interval.periodMicros());
      out.append('@').append(interval.anchorMicros());
    } else {
      out.append("once=").append(((OnceRule) spec.rule()).atMicros());
    }
    out.append(";zone=");
    escape(spec.zone().getId(), out);
    append(out, "start", spec.startMicros(), Long.MIN_VALUE);
    append(out, "end", spec.endMicros(), Long.MAX_VALUE);
    append(out, "max", spec.maxFires(), 0);
    append(out, "from", spec.countFromMicros(), 0);
    if (spec.gap() != GapPolicy.SHIFT) {
      out.append(";gap=").append(spec.gap());
    }
    if (spec.fold() != FoldPolicy.FIRST) {
      out.append(";fold=").append(spec.fold());
    }
    return out.toString();
  }

  private static void append(StringBuilder out, String key, long value, long byDefault) {
    if (value != byDefault) {
      out.append(';').append(key).append('=').append(value);
    }
  }

  private static void escape(String value, StringBuilder out) {
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c > 0x7f) {
        out.append("%u").append(hex(c >> 8)).append(hex(c & 0xff));
      } else if (c < ' ' || c > '~' || c == '%' || c == ';' || c == '=') {
        out.append('%').append(hex(c));
      } else {
        out.append(c);
      }
    }
  }

  private static String hex(int octet) {
    return String.valueOf(
        new char[] {
          Character.toUpperCase(Character.forDigit(octet >> 4, 16)),
          Character.toUpperCase(Character.forDigit(octet & 15, 16))
        });
  }

  static ScheduleSpec read(String text) {
    SpecText read = new SpecText(text);
    read.split();
    Rule rule = read.rule();
    ScheduleSpec spec =
        new ScheduleSpec(
            rule,
            read.zone(),
            read.number("start", Long.MIN_VALUE),
            read.number("end", Long.MAX_VALUE),
            read.number("max", 0),
            read.number("from", 0),
            read.name("gap", GapPolicy.class, GapPolicy.SHIFT),
            read.name("fold", FoldPolicy.class, FoldPolicy.FIRST));
    if (!read.values.isEmpty()) {
      String key = read.values.keySet().iterator().next();
      throw read.fault(key, "Unknown key '" + key + "' in the text of a spec.");
    }
    return spec;
  }

  private void split() {
    int at = 0;
    while (at <= text.length()) {
      int end = text.indexOf(';', at);
      end = end < 0 ? text.length() : end;
      int equals = text.indexOf('=', at);
      if (equals < 0 || equals > end) {
        throw malformed(at, "A pair key=value is missing");
      }
      String key = text.substring(at, equals);
      positions.put(key, equals + 1);
      if (values.put(key, text.substring(equals + 1, end)) != null) {
        throw malformed(at, "The key '" + key + "' comes twice");
      }
      at = end + 1;
    }
  }

  private Rule rule() {
    Rule rule = null;
    int rules = 0;
    String cron = values.remove("cron");
    if (cron != null) {
      rule = cron(cron);
      rules++;
    }
    String interval = values.remove("interval");
    if (interval != null) {
      rule = interval(interval);
      rules++;
    }
    if (values.containsKey("once")) {
      rule = new OnceRule(number("once", 0));
      rules++;
    }
    if (rules != 1) {
      throw malformed(0, "A spec has exactly one rule: cron, interval or once");
    }
    return rule;
  }

  private Rule cron(String value) {
    int colon = value.indexOf(':');
    if (colon < 0) {
      throw fault("cron", "A cron rule is written dialect:expression.");
    }
    Dialect dialect = constant("cron", Dialect.class, value.substring(0, colon));
    return new CronRule(dialect, unescape("cron", value.substring(colon + 1)));
  }

  private Rule interval(String value) {
    int at = value.indexOf('@');
    if (at < 0) {
      throw fault("interval", "An interval is written period@anchor.");
    }
    return new IntervalRule(
        decimal("interval", value.substring(0, at)), decimal("interval", value.substring(at + 1)));
  }

  private ZoneId zone() {
    String id = values.remove("zone");
    if (id == null) {
      throw malformed(text.length(), "The key 'zone' is missing");
    }
    return TimeZones.named(unescape("zone", id));
  }

  private long number(String key, long byDefault) {
    String value = values.remove(key);
    return value == null ? byDefault : decimal(key, value);
  }

  private <E extends Enum<E>> E name(String key, Class<E> type, E byDefault) {
    String value = values.remove(key);
    return value == null ? byDefault : constant(key, type, value);
  }

  private <E extends Enum<E>> E constant(String key, Class<E> type, String name) {
    for (E constant : type.getEnumConstants()) {
      if (constant.name().equals(name)) {
        return constant;
      }
    }
    throw fault(
        key, "Unknown " + type.getSimpleName() + " '" + name + "' at the key '" + key + "'.");
  }

  /** Only what {@link Long#toString(long)} writes: no plus, no leading zeros, ASCII digits. */
  private long decimal(String key, String digits) {
    try {
      long value = Long.parseLong(digits);
      if (Long.toString(value).equals(digits)) {
        return value;
      }
    } catch (NumberFormatException e) {
      // Answered below, as for numbers that are written in another way.
    }
    throw fault(key, "'" + digits + "' at the key '" + key + "' is not a decimal number.");
  }

  private String unescape(String key, String value) {
    StringBuilder out = new StringBuilder(value.length());
    int at = 0;
    while (at < value.length()) {
      char c = value.charAt(at++);
      if (c < ' ' || c > '~') {
        throw fault(key, "The value of '" + key + "' has characters that are not printable ASCII.");
      }
      if (c == '%') {
        boolean wide = at < value.length() && value.charAt(at) == 'u';
        int begin = wide ? at + 1 : at;
        int end = begin + (wide ? 4 : 2);
        out.append(unit(key, value, begin, end));
        at = end;
      } else {
        out.append(c);
      }
    }
    return out.toString();
  }

  private char unit(String key, String value, int begin, int end) {
    int unit = 0;
    for (int i = begin; i < end; i++) {
      int digit =
          i < value.length() && value.charAt(i) < 0x80 ? Character.digit(value.charAt(i), 16) : -1;
      if (digit < 0) {
        throw fault(key, "The value of '" + key + "' has a % that two hex digits do not follow.");
      }
      unit = unit << 4 | digit;
    }
    return (char) unit;
  }

  private SpecException fault(String key, String message) {
    return new SpecException(FIELD, REASON, positions.get(key), message);
  }

  private static SpecException malformed(int position, String message) {
    return new SpecException(FIELD, REASON, position, message + " in the text of a spec.");
  }
}
