package io.carillon.common.schedule;

import io.carillon.common.schedule.BusinessDays.CalendarVersion;
import io.carillon.common.schedule.BusinessDays.Policy;
import io.carillon.common.schedule.ScheduleSpec.CronRule;
import io.carillon.common.schedule.ScheduleSpec.DateExclusion;
import io.carillon.common.schedule.ScheduleSpec.Exclusion;
import io.carillon.common.schedule.ScheduleSpec.FoldPolicy;
import io.carillon.common.schedule.ScheduleSpec.GapPolicy;
import io.carillon.common.schedule.ScheduleSpec.IntervalRule;
import io.carillon.common.schedule.ScheduleSpec.OnceRule;
import io.carillon.common.schedule.ScheduleSpec.RecurrenceRule;
import io.carillon.common.schedule.ScheduleSpec.Rule;
import io.carillon.common.schedule.ScheduleSpec.TimeExclusion;
import io.carillon.common.schedule.ScheduleSpec.UnionRule;
import java.util.List;

/**
 * The canonical text of specs: {@code key=value} pairs joined by {@code ;}, the rule first, then
 * the zone, then what is not at its default, always in the same order.
 *
 * <pre>
 * cron=UNIX:0 9 * * 1-5;zone=Europe/Berlin;gap=SKIP
 * cron=UNIX/1234:H 3 * * *;zone=UTC;jitter=30000000
 * interval=60000000@1767225600000000;zone=UTC;max=10;from=1767225600000000
 * once=1767225600000000;zone=UTC
 * recurrence=1767225600000000@FREQ%3DMONTHLY%3BBYDAY%3D-1FR;zone=Europe/Berlin
 * union=2;rule.0=cron:UNIX:0 9 * * *;rule.1=once:1767225600000000;zone=UTC
 * cron=UNIX:0 9 * * *;zone=UTC;except=d20454,d20460..20463,t5..7;calendars=de@3;weekend=65;off=20454,6+1
 * </pre>
 *
 * <p>Keys: {@code cron} dialect, slot if it is not 0, and expression; {@code interval} period and
 * anchor; {@code once}; {@code recurrence} first instance and rule; {@code union} the number of its
 * rules, each of them under a key of its own, in order. {@code zone}; {@code start}, {@code end},
 * {@code max}, {@code from} (where counting begins), {@code gap}, {@code fold}; {@code except}
 * exclusions in the order given, days as d and instants as t; {@code calendars} with their
 * versions, {@code policy}, {@code weekend} (bits), {@code off}: of each range the days since the
 * end of the range before it (of the first, since 1970-01-01), and by how many days it is longer
 * than one; {@code jitter}.
 *
 * <p>Times are microseconds since 1970, days are days since then. Of an expression, a zone or a
 * calendar, {@code % ; =} and what is not printable ASCII is written {@code %XX}, beyond U+007F
 * {@code %uXXXX} per UTF-16 unit: that loses nothing, so even a spec that does not compile has a
 * text of its own.
 */
final class SpecText {

  private SpecText() {}

  static String write(ScheduleSpec spec) {
    StringBuilder out = new StringBuilder(80);
    if (spec.rule() instanceof UnionRule union) {
      out.append("union=").append(union.rules().size());
      for (int i = 0; i < union.rules().size(); i++) {
        out.append(";rule.").append(i).append('=');
        rule(union.rules().get(i), ':', out);
      }
    } else {
      rule(spec.rule(), '=', out);
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
    exclusions(spec.exclusions(), out);
    businessDays(spec.businessDays(), out);
    append(out, "jitter", spec.jitterMicros(), 0);
    return out.toString();
  }

  /**
   * @param sign between the kind of the rule and the rule
   */
  private static void rule(Rule rule, char sign, StringBuilder out) {
    if (rule instanceof CronRule cron) {
      out.append("cron").append(sign).append(cron.dialect());
      if (cron.slot() != 0) {
        out.append('/').append(cron.slot());
      }
      out.append(':');
      escape(cron.expression(), out);
    } else if (rule instanceof IntervalRule interval) {
      out.append("interval").append(sign).append(interval.periodMicros());
      out.append('@').append(interval.anchorMicros());
    } else if (rule instanceof RecurrenceRule recurrence) {
      out.append("recurrence").append(sign).append(recurrence.dtstartMicros()).append('@');
      escape(recurrence.rrule(), out);
    } else {
      out.append("once").append(sign).append(((OnceRule) rule).atMicros());
    }
  }

  private static void exclusions(List<Exclusion> exclusions, StringBuilder out) {
    String before = ";except=";
    for (Exclusion exclusion : exclusions) {
      out.append(before);
      if (exclusion instanceof DateExclusion dates) {
        out.append('d').append(dates.days().first());
        if (dates.days().last() != dates.days().first()) {
          out.append("..").append(dates.days().last());
        }
      } else {
        TimeExclusion times = (TimeExclusion) exclusion;
        out.append('t').append(times.fromMicros()).append("..").append(times.toMicros());
      }
      before = ",";
    }
  }

  private static void businessDays(BusinessDays days, StringBuilder out) {
    String before = ";calendars=";
    for (CalendarVersion calendar : days.calendars()) {
      StringBuilder id = new StringBuilder();
      escape(calendar.id(), id);
      out.append(before).append(id.toString().replace(",", "%2C")).append('@');
      out.append(calendar.version());
      before = ",";
    }
    if (days.policy() != Policy.SKIP_DAY) {
      out.append(";policy=").append(days.policy());
    }
    append(out, "weekend", days.weekend(), 0);
    before = ";off=";
    long end = 0;
    for (DayRange range : days.daysOff()) {
      out.append(before).append(range.first() - end);
      if (range.last() != range.first()) {
        out.append('+').append((long) range.last() - range.first());
      }
      end = range.last();
      before = ",";
    }
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
}
