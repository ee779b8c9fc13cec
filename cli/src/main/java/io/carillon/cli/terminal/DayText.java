package io.carillon.cli.terminal;

import io.carillon.v1.DateRange;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;

/** Days and ranges of days as people write and read them. */
public final class DayText {

  private DayText() {}

  /** Such as 2026-12-25 or 2026-12-24..2026-12-26, both days included. */
  public static DateRange parse(String text) {
    int dots = text.indexOf("..");
    try {
      LocalDate first = LocalDate.parse(dots < 0 ? text : text.substring(0, dots));
      LocalDate last = dots < 0 ? first : LocalDate.parse(text.substring(dots + 2));
      if (last.isBefore(first)) {
        throw new IllegalArgumentException("\"" + text + "\" ends before it begins");
      }
      return range(first, last);
    } catch (DateTimeParseException e) {
      throw new IllegalArgumentException(
          "\"" + text + "\" is no day or days: write 2026-12-25 or 2026-12-24..2026-12-26");
    }
  }

  public static String show(DateRange range) {
    return range.getLast().isEmpty() || range.getLast().equals(range.getFirst())
        ? range.getFirst()
        : range.getFirst() + ".." + range.getLast();
  }

  /** What is left of ranges where one is taken away. */
  public static List<DateRange> without(List<DateRange> ranges, DateRange removed) {
    LocalDate first = first(removed);
    LocalDate last = last(removed);
    List<DateRange> left = new ArrayList<>();
    for (DateRange range : ranges) {
      if (last(range).isBefore(first) || first(range).isAfter(last)) {
        left.add(range);
        continue;
      }
      if (first(range).isBefore(first)) {
        left.add(range(first(range), first.minusDays(1)));
      }
      if (last(range).isAfter(last)) {
        left.add(range(last.plusDays(1), last(range)));
      }
    }
    return left;
  }

  private static LocalDate first(DateRange range) {
    return LocalDate.parse(range.getFirst());
  }

  private static LocalDate last(DateRange range) {
    return range.getLast().isEmpty() ? first(range) : LocalDate.parse(range.getLast());
  }

  private static DateRange range(LocalDate first, LocalDate last) {
    DateRange.Builder range = DateRange.newBuilder().setFirst(first.toString());
    return last.equals(first) ? range.build() : range.setLast(last.toString()).build();
  }
}
