package io.carillon.common.words;

import com.cronutils.descriptor.CronDescriptor;
import com.cronutils.model.CronType;
import com.cronutils.model.definition.CronDefinitionBuilder;
import com.cronutils.parser.CronParser;
import io.carillon.common.cron.CronFields;
import io.carillon.common.cron.SpecialDays;
import io.carillon.common.cron.Years;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Cron expressions in the languages that cron-utils has. It gets to see only plain Quartz
 * expressions that are written here from what the user's means, as it reads some others wrongly;
 * and what it has no right words for is not translated at all.
 */
final class CronTranslation {

  /** Those of its resource bundles, but English. */
  static final List<String> LANGUAGES =
      List.of(
          "de", "el", "es", "fr", "id", "it", "ja", "ko", "nl", "pl", "pt", "ro", "ru", "sw", "tr",
          "zh");

  private static final CronParser PARSER =
      new CronParser(CronDefinitionBuilder.instanceDefinitionFor(CronType.QUARTZ));

  /** Longer lists are not of use to anyone, and would be read value by value. */
  private static final int MOST_VALUES = 31;

  private static final long ALL_60 = (1L << 60) - 1;
  private static final int ALL_DAYS = -2;
  private static final int ALL_WEEK = 0x7f;
  private static final char REPLACEMENT = '\uFFFD';

  private CronTranslation() {}

  /**
   * @param language one of {@link #LANGUAGES}
   * @return empty if there are no words for it
   */
  static Optional<String> of(CronFields fields, String language) {
    String expression = expression(fields);
    if (expression == null) {
      return Optional.empty();
    }
    try {
      String text =
          CronDescriptor.instance(Locale.forLanguageTag(language))
              .describe(PARSER.parse(expression));
      // Some of its texts lost their letters on the way.
      return text.isBlank() || text.indexOf(REPLACEMENT) >= 0
          ? Optional.empty()
          : Optional.of(text.strip().replaceAll(" +", " "));
    } catch (RuntimeException e) {
      // cron-utils has no words for it.
      return Optional.empty();
    }
  }

  /** The fields as a Quartz expression; null if cron-utils would tell it wrongly. */
  private static String expression(CronFields fields) {
    String ofMonth = daysOfMonth(fields);
    String ofWeek = daysOfWeek(fields);
    boolean both = !ofMonth.equals("*") && !ofWeek.equals("*");
    if (both || ofMonth.isEmpty() || ofWeek.isEmpty() || !fields.years().equals(Years.ALL)) {
      return null;
    }
    long hours = fields.hours();
    String[] texts = {
      text(fields.seconds(), 0, 60, 0),
      text(fields.minutes(), 0, 60, 0),
      text(hours, 0, 24, 0),
      ofWeek.equals("*") ? ofMonth : "?",
      text(fields.months(), 1, 13, 0),
      ofWeek.equals("*") ? "?" : ofWeek
    };
    for (String text : texts) {
      if (text.isEmpty()) {
        return null;
      }
    }
    return String.join(" ", texts);
  }

  /** Empty if it cannot be told. */
  private static String daysOfMonth(CronFields fields) {
    SpecialDays special = fields.specialDays();
    int kinds =
        Integer.bitCount(special.lastDays())
            + Integer.bitCount(special.nearestWeekdays())
            + Integer.bitCount(special.lastWeekdays());
    if (kinds == 0) {
      return fields.daysOfMonth() == ALL_DAYS
          ? "*"
          : text(fields.daysOfMonth() & 0xffff_ffffL, 1, 32, 0);
    }
    if (kinds > 1 || fields.daysOfMonth() != 0) {
      return "";
    }
    if (special.lastDays() != 0) {
      int before = Integer.numberOfTrailingZeros(special.lastDays());
      return before == 0 ? "L" : "L-" + before;
    }
    if (special.nearestWeekdays() != 0) {
      return Integer.numberOfTrailingZeros(special.nearestWeekdays()) + "W";
    }
    return special.lastWeekdays() == 1 ? "LW" : "";
  }

  /** Empty if it cannot be told. */
  private static String daysOfWeek(CronFields fields) {
    SpecialDays special = fields.specialDays();
    int kinds = Long.bitCount(special.nthOfWeek()) + Integer.bitCount(special.lastOfWeek());
    if (kinds == 0) {
      // Sunday is 1 in Quartz.
      return fields.daysOfWeek() == ALL_WEEK ? "*" : text(fields.daysOfWeek(), 0, 7, 1);
    }
    if (kinds > 1 || fields.daysOfWeek() != 0) {
      return "";
    }
    if (special.lastOfWeek() != 0) {
      return Integer.numberOfTrailingZeros(special.lastOfWeek()) + 1 + "L";
    }
    int bit = Long.numberOfTrailingZeros(special.nthOfWeek());
    return (bit % 7 + 1) + "#" + (bit / 7 + 1);
  }

  /** A set of values from {@code min} to below {@code end} in the shortest form. */
  private static String text(long bits, int min, int end, int shift) {
    int count = Long.bitCount(bits);
    if (count == end - min) {
      return "*";
    }
    int first = Long.numberOfTrailingZeros(bits);
    int last = 63 - Long.numberOfLeadingZeros(bits);
    if (count == last - first + 1 && count > 2) {
      return (first + shift) + "-" + (last + shift);
    }
    for (int step = 2; end == 60 && count > 1 && step <= 30; step++) {
      if (60 % step == 0 && bits == stepped(step)) {
        return "*/" + step;
      }
    }
    if (count > MOST_VALUES) {
      return "";
    }
    StringBuilder list = new StringBuilder();
    for (int value = first; value <= last; value++) {
      if ((bits >>> value & 1) == 1) {
        list.append(list.isEmpty() ? "" : ",").append(value + shift);
      }
    }
    return list.toString();
  }

  private static long stepped(int step) {
    long bits = 0;
    for (int value = 0; value < 60; value += step) {
      bits |= 1L << value;
    }
    return bits & ALL_60;
  }
}
