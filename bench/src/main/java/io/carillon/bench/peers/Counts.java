package io.carillon.bench.peers;

import io.carillon.bench.load.LedgerQueries;
import io.carillon.bench.peers.Arrivals.Arrival;
import io.carillon.bench.peers.Timetable.Series;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;

/**
 * What came of the times of the timetable, as the jobs themselves noted it down.
 *
 * @param expected times of the timetable in the window
 * @param came how many of them were executed to the end
 * @param again executions of a time that had come before
 * @param early executions before their time
 * @param lateness start of the first execution − time, in µs. What has not come is in it too, with
 *     the lateness that it has by now: to leave it out would flatter who cannot keep up.
 */
record Counts(long expected, long came, long again, long early, Histogram lateness) {

  /**
   * @param after times up to and including it do not count, nor those after upTo
   */
  static Counts of(Timetable timetable, long after, long upTo, long now, List<PeerProcess> all) {
    Map<Long, Long> first = new HashMap<>();
    long again = 0;
    for (PeerProcess process : all) {
      Arrivals arrivals = process.arrivals();
      for (int i = 0; i < arrivals.count(); i++) {
        Arrival arrival = arrivals.get(i);
        if (arrival == null || arrival.ended() == 0 || arrival.started() <= after) {
          continue;
        }
        // A time that a peer makes up after a failure stands for the one before it.
        Series series = timetable.of(arrival.number());
        long occurrence = series.occurrence(arrival.number(), arrival.nominal());
        long time = series.time(arrival.number(), occurrence);
        if (time > after && time <= upTo) {
          Long before = first.get(key(arrival.number(), occurrence));
          again += before == null ? 0 : 1;
          if (before == null || arrival.started() < before) {
            first.put(key(arrival.number(), occurrence), arrival.started());
          }
        }
      }
    }
    return compare(timetable, after, upTo, now, first, again);
  }

  private static Counts compare(
      Timetable timetable, long after, long upTo, long now, Map<Long, Long> first, long again) {
    long expected = 0;
    long came = 0;
    long early = 0;
    Histogram lateness = LedgerQueries.histogram();
    for (Series series : timetable.all()) {
      for (int number = series.from(); number < series.from() + series.count(); number++) {
        long last = series.occurrence(number, upTo);
        for (long k = Math.max(0, series.occurrence(number, after) + 1); k <= last; k++) {
          Long started = first.get(key(number, k));
          long late = (started == null ? now : started) - series.time(number, k);
          expected++;
          came += started == null ? 0 : 1;
          early += late < 0 ? 1 : 0;
          lateness.recordValue(Math.max(0, late));
        }
      }
    }
    return new Counts(expected, came, again, early, lateness);
  }

  private static long key(int number, long occurrence) {
    return (long) number << 32 | occurrence;
  }

  boolean complete() {
    return expected > 0 && came == expected && early == 0;
  }

  /** How many executions began in [from, to). */
  static long begun(List<PeerProcess> processes, long from, long to) {
    long begun = 0;
    for (PeerProcess process : processes) {
      Arrivals arrivals = process.arrivals();
      for (int i = 0; i < arrivals.count(); i++) {
        Arrival arrival = arrivals.get(i);
        begun += arrival != null && arrival.started() >= from && arrival.started() < to ? 1 : 0;
      }
    }
    return begun;
  }
}
