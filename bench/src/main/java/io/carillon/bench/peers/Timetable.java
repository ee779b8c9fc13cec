package io.carillon.bench.peers;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** All series that a peer has been given. */
final class Timetable {

  private final List<Series> all = new CopyOnWriteArrayList<>();

  void add(Series series) {
    all.add(series);
  }

  List<Series> all() {
    return all;
  }

  /** The number of schedules, which is also the next free number. */
  int size() {
    return all.stream().mapToInt(Series::count).sum();
  }

  Series of(int number) {
    for (Series series : all) {
      if (series.holds(number)) {
        return series;
      }
    }
    throw new IllegalArgumentException("no schedule has the number " + number);
  }

  /** How many times all of them have in (after, upTo]. */
  long times(long after, long upTo) {
    long times = 0;
    for (Series series : all) {
      for (int number = series.from(); number < series.from() + series.count(); number++) {
        times +=
            Math.max(-1, series.occurrence(number, upTo))
                - Math.max(-1, series.occurrence(number, after));
      }
    }
    return times;
  }

  /**
   * A run of schedules that a peer is given: numbered, and all alike but for their phase.
   *
   * @param from the first number
   * @param count how many
   * @param start when they begin, in microseconds since 1970
   * @param period how often each fires again, in microseconds; 0: once, at start
   */
  record Series(int from, int count, long start, long period) {

    /** Quartz knows no finer times. */
    private static final long GRAIN_MICROS = 1000;

    Series {
      if (count < 1 || period % GRAIN_MICROS != 0) {
        throw new IllegalArgumentException("count " + count + ", period " + period);
      }
      start = start / GRAIN_MICROS * GRAIN_MICROS;
    }

    static Series once(int from, int count, long at) {
      return new Series(from, count, at, 0);
    }

    boolean recurs() {
      return period > 0;
    }

    boolean holds(int number) {
      return number >= from && number < from + count;
    }

    /** When a schedule fires first. The phases are spread evenly over the period. */
    long first(int number) {
      return start + period * (number - from) / count / GRAIN_MICROS * GRAIN_MICROS;
    }

    /** Which of its times this is, or the latest one before it; negative before the first. */
    long occurrence(int number, long micros) {
      long since = micros - first(number);
      if (!recurs()) {
        return since < 0 ? -1 : 0;
      }
      return Math.floorDiv(since, period);
    }

    long time(int number, long occurrence) {
      return first(number) + occurrence * period;
    }

    /** Its first time after this one. */
    long next(int number, long micros) {
      return time(number, Math.max(-1, occurrence(number, micros)) + 1);
    }
  }
}
