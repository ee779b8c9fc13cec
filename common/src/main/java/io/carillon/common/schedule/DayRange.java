package io.carillon.common.schedule;

import java.time.LocalDate;

/** Days from first to last, both included, as days since 1970-01-01. */
public record DayRange(int first, int last) {

  public DayRange {
    if (last < first) {
      throw new IllegalArgumentException("The days end before they begin");
    }
  }

  public static DayRange of(LocalDate first, LocalDate last) {
    return new DayRange(Math.toIntExact(first.toEpochDay()), Math.toIntExact(last.toEpochDay()));
  }
}
