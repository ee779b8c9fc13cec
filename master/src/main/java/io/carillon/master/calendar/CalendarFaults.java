package io.carillon.master.calendar;

import java.util.ArrayList;
import java.util.List;

/** Gathers what could not be taken of a file, in bounds. Not thread-safe. */
final class CalendarFaults {

  /** More are only counted: a file may have a fault in each of its lines. */
  static final int MAX = 100;

  private final List<Fault> first = new ArrayList<>();
  private int all;
  private int lastLine;

  void add(int line, String text) {
    all++;
    lastLine = line;
    if (all <= MAX) {
      first.add(new Fault(line, text));
    }
  }

  void add(ICalendarException fault) {
    add(fault.line(), fault.text());
  }

  List<Fault> all() {
    List<Fault> faults = new ArrayList<>(first);
    if (all > MAX) {
      faults.add(new Fault(lastLine, "is the last of " + (all - MAX) + " more lines with faults"));
    }
    return List.copyOf(faults);
  }
}
