package io.carillon.common.words;

import com.google.common.base.Ascii;
import io.carillon.common.cron.CronDialect;
import io.carillon.common.cron.CronFields;
import io.carillon.common.cron.CronParser;
import io.carillon.common.schedule.BusinessDays;
import io.carillon.common.schedule.BusinessDays.CalendarVersion;
import io.carillon.common.schedule.ScheduleSpec;
import io.carillon.common.schedule.ScheduleSpec.CronRule;
import io.carillon.common.schedule.ScheduleSpec.IntervalRule;
import io.carillon.common.schedule.ScheduleSpec.OnceRule;
import io.carillon.common.schedule.ScheduleSpec.RecurrenceRule;
import io.carillon.common.schedule.ScheduleSpec.Rule;
import io.carillon.common.schedule.ScheduleSpec.UnionRule;
import io.carillon.common.time.Micros;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.StringJoiner;

/**
 * Specs in words. In English all of a spec is told; in the languages of {@link CronTranslation} the
 * rule alone, where it is of cron expressions.
 */
public final class Descriptions {

  private static final String ENGLISH = "en";
  private static final int MAX_TAG = 100;

  private Descriptions() {}

  /** A spec in words, and the language that they are in. */
  public record Description(String text, String language) {}

  /**
   * @param tag of the language that is wanted, such as "pt-BR"; English if it is not known
   */
  public static Description describe(ScheduleSpec spec, String tag) {
    String language = tag.length() > MAX_TAG ? "" : Locale.forLanguageTag(tag).getLanguage();
    if (CronTranslation.LANGUAGES.contains(language)) {
      Optional<String> translated = translated(spec.rule(), language);
      if (translated.isPresent()) {
        return new Description(translated.get(), language);
      }
    }
    return new Description(english(spec), ENGLISH);
  }

  private static Optional<String> translated(Rule rule, String language) {
    if (rule instanceof CronRule cron) {
      return CronTranslation.of(fields(cron), language);
    }
    if (rule instanceof UnionRule union) {
      StringJoiner all = new StringJoiner("; ");
      for (Rule member : union.rules()) {
        Optional<String> one = translated(member, language);
        if (one.isEmpty()) {
          return one;
        }
        all.add(one.get());
      }
      return Optional.of(all.toString());
    }
    return Optional.empty();
  }

  private static CronFields fields(CronRule cron) {
    return CronParser.parse(
        cron.expression(), CronDialect.valueOf(cron.dialect().name()), cron.slot());
  }

  private static String english(ScheduleSpec spec) {
    StringJoiner text = new StringJoiner("; ");
    boolean local = usesZone(spec.rule()) || !spec.businessDays().calendars().isEmpty();
    text.add(english(spec.rule()) + (local ? ", on the time of " + spec.zone().getId() : ""));
    if (!spec.businessDays().calendars().isEmpty()) {
      text.add(businessDays(spec.businessDays()));
    }
    if (!spec.exclusions().isEmpty()) {
      text.add("except " + CronWords.counted(spec.exclusions().size(), "range") + " left out");
    }
    if (spec.startMicros() != Long.MIN_VALUE) {
      text.add("from " + Micros.format(spec.startMicros()));
    }
    if (spec.endMicros() != Long.MAX_VALUE) {
      text.add("until " + Micros.format(spec.endMicros()));
    }
    if (spec.maxFires() > 0) {
      text.add(
          "at most "
              + CronWords.counted(spec.maxFires(), "time")
              + (spec.startMicros() == Long.MIN_VALUE
                  ? " after " + Micros.format(spec.countFromMicros())
                  : ""));
    }
    if (spec.jitterMicros() > 0) {
      text.add("each up to " + DurationText.words(spec.jitterMicros()) + " later");
    }
    return text.toString();
  }

  private static boolean usesZone(Rule rule) {
    return rule instanceof UnionRule union
        ? union.rules().stream().anyMatch(Descriptions::usesZone)
        : rule instanceof CronRule || rule instanceof RecurrenceRule;
  }

  private static String businessDays(BusinessDays days) {
    List<String> ids = days.calendars().stream().map(CalendarVersion::id).toList();
    String named = (ids.size() == 1 ? "the calendar " : "the calendars ") + list(ids);
    return switch (days.policy()) {
      case SKIP_DAY -> "only on business days of " + named;
      case NEXT_BUSINESS_DAY -> "moved to the next business day of " + named;
      case PREVIOUS_BUSINESS_DAY -> "moved to the business day before of " + named;
    };
  }

  private static String list(List<String> parts) {
    return CronWords.list(parts, "and");
  }

  private static String english(Rule rule) {
    if (rule instanceof CronRule cron) {
      return CronWords.of(fields(cron));
    }
    if (rule instanceof IntervalRule interval) {
      return "Every "
          + DurationText.words(interval.periodMicros())
          + ", counted from "
          + Micros.format(interval.anchorMicros());
    }
    if (rule instanceof OnceRule once) {
      return "Once at " + Micros.format(once.atMicros());
    }
    if (rule instanceof RecurrenceRule recurrence) {
      return RecurrenceWords.of(recurrence.rrule())
          + ", counted from "
          + Micros.format(recurrence.dtstartMicros());
    }
    List<String> members = new ArrayList<>();
    for (Rule member : ((UnionRule) rule).rules()) {
      String words = english(member);
      // Each begins as a sentence of its own.
      members.add(
          members.isEmpty() ? words : Ascii.toLowerCase(words.charAt(0)) + words.substring(1));
    }
    return String.join("; and ", members);
  }
}
