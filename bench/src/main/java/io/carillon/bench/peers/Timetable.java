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
}
