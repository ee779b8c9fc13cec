package io.carillon.common.schedule;

import io.carillon.common.schedule.BusinessDays.CalendarVersion;
import io.carillon.common.schedule.BusinessDays.Policy;
import io.carillon.common.schedule.ScheduleSpec.CronRule;
import io.carillon.common.schedule.ScheduleSpec.DateExclusion;
import io.carillon.common.schedule.ScheduleSpec.Dialect;
import io.carillon.common.schedule.ScheduleSpec.Exclusion;
import io.carillon.common.schedule.ScheduleSpec.FoldPolicy;
import io.carillon.common.schedule.ScheduleSpec.GapPolicy;
import io.carillon.common.schedule.ScheduleSpec.IntervalRule;
import io.carillon.common.schedule.ScheduleSpec.OnceRule;
import io.carillon.common.schedule.ScheduleSpec.RecurrenceRule;
import io.carillon.common.schedule.ScheduleSpec.Rule;
import io.carillon.common.schedule.ScheduleSpec.TimeExclusion;
import io.carillon.common.schedule.ScheduleSpec.UnionRule;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Reads what {@link SpecText} writes, strictly; what is at its default may be written too. */
final class SpecTextReader {

  private static final String FIELD = "spec";
  private static final String REASON = "SPEC_MALFORMED";

  private static final List<String> KINDS =
      List.of("cron", "interval", "once", "recurrence", "union");

  private final String text;
  private final Map<String, String> values = new TreeMap<>();
  private final Map<String, Integer> positions = new TreeMap<>();

  private SpecTextReader(String text) {
    this.text = text;
  }

  static ScheduleSpec read(String text) {
    SpecTextReader read = new SpecTextReader(text);
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
            read.name("fold", FoldPolicy.class, FoldPolicy.FIRST),
            read.exclusions(),
            read.businessDays(),
            read.number("jitter", 0));
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
    for (String kind : KINDS) {
      String value = values.remove(kind);
      if (value != null) {
        rule = kind.equals("union") ? union(value) : rule(kind, kind, value);
        rules++;
      }
    }
    if (rules != 1) {
      throw malformed(0, "A spec has exactly one rule: " + String.join(", ", KINDS));
    }
    return rule;
  }

  private Rule union(String value) {
    long size = decimal("union", value);
    List<Rule> rules = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      String key = "rule." + i;
      String member = values.remove(key);
      if (member == null) {
        throw fault("union", "The rule '" + key + "' of the union is missing.");
      }
      int colon = member.indexOf(':');
      String kind = colon < 0 ? member : member.substring(0, colon);
      if (colon < 0 || !KINDS.contains(kind) || kind.equals("union")) {
        throw fault(key, "A rule of a union is written kind:rule.");
      }
      rules.add(rule(key, kind, member.substring(colon + 1)));
    }
    if (size < 0) {
      throw fault("union", "A union has no fewer than 0 rules.");
    }
    return new UnionRule(rules);
  }

  private Rule rule(String key, String kind, String value) {
    return switch (kind) {
      case "cron" -> cron(key, value);
      case "interval" -> interval(key, value);
      case "recurrence" -> recurrence(key, value);
      default -> new OnceRule(decimal(key, value));
    };
  }

  private Rule cron(String key, String value) {
    int colon = value.indexOf(':');
    if (colon < 0) {
      throw fault(key, "A cron rule is written dialect:expression.");
    }
    int slash = value.lastIndexOf('/', colon);
    String dialect = value.substring(0, slash < 0 ? colon : slash);
    int slot = slash < 0 ? 0 : whole(key, value.substring(slash + 1, colon));
    return new CronRule(
        constant(key, Dialect.class, dialect), unescape(key, value.substring(colon + 1)), slot);
  }

  private Rule interval(String key, String value) {
    int at = value.indexOf('@');
    if (at < 0) {
      throw fault(key, "An interval is written period@anchor.");
    }
    return new IntervalRule(
        decimal(key, value.substring(0, at)), decimal(key, value.substring(at + 1)));
  }

  private Rule recurrence(String key, String value) {
    int at = value.indexOf('@');
    if (at < 0) {
      throw fault(key, "A recurrence rule is written dtstart@rule.");
    }
    return new RecurrenceRule(
        unescape(key, value.substring(at + 1)), decimal(key, value.substring(0, at)));
  }

  private List<Exclusion> exclusions() {
    List<Exclusion> exclusions = new ArrayList<>();
    for (String item : items("except")) {
      int dots = item.indexOf("..");
      if (item.startsWith("t") && dots > 0) {
        exclusions.add(
            new TimeExclusion(
                decimal("except", item.substring(1, dots)),
                decimal("except", item.substring(dots + 2))));
      } else if (item.startsWith("d")) {
        int first = whole("except", item.substring(1, dots < 0 ? item.length() : dots));
        int last = dots < 0 ? first : whole("except", item.substring(dots + 2));
        exclusions.add(new DateExclusion(days("except", first, last)));
      } else {
        throw fault("except", "An exclusion is written d followed by days, or t by times.");
      }
    }
    return exclusions;
  }

  private BusinessDays businessDays() {
    List<CalendarVersion> calendars = new ArrayList<>();
    for (String item : items("calendars")) {
      int at = item.lastIndexOf('@');
      if (at < 0) {
        throw fault("calendars", "A calendar is written id@version.");
      }
      calendars.add(
          new CalendarVersion(
              unescape("calendars", item.substring(0, at)),
              decimal("calendars", item.substring(at + 1))));
    }
    Policy policy = name("policy", Policy.class, Policy.SKIP_DAY);
    String weekend = values.remove("weekend");
    return new BusinessDays(
        policy, calendars, weekend == null ? 0 : whole("weekend", weekend), daysOff());
  }

  private List<DayRange> daysOff() {
    List<DayRange> ranges = new ArrayList<>();
    long end = 0;
    for (String item : items("off")) {
      int plus = item.indexOf('+');
      long step = decimal("off", item.substring(0, plus < 0 ? item.length() : plus));
      long more = plus < 0 ? 0 : decimal("off", item.substring(plus + 1));
      // Ranges that touch would be one, and have another text.
      if ((!ranges.isEmpty() && step < 2) || (plus >= 0 && more < 1)) {
        throw fault("off", "The days off are not in order at '" + item + "'.");
      }
      long first = end + step;
      end = first + more;
      if (first != (int) first || end != (int) end) {
        throw fault("off", "The days off reach too far at '" + item + "'.");
      }
      ranges.add(days("off", (int) first, (int) end));
    }
    return ranges;
  }

  private DayRange days(String key, int first, int last) {
    if (last < first) {
      throw fault(key, "Days end before they begin at the key '" + key + "'.");
    }
    return new DayRange(first, last);
  }

  /** What a list under a key consists of; nothing without the key. */
  private List<String> items(String key) {
    String value = values.remove(key);
    return value == null ? List.of() : List.of(value.split(",", -1));
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

  private int whole(String key, String digits) {
    long value = decimal(key, digits);
    if (value != (int) value) {
      throw fault(key, "'" + digits + "' at the key '" + key + "' is out of range.");
    }
    return (int) value;
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
