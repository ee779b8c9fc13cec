package io.carillon.bench.peers;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.carillon.bench.peers.Timetable.Series;
import org.junit.jupiter.api.Test;

/** What is expected of a peer is counted by these, so they must be right themselves. */
final class SeriesTest {

  private static final long START = 1_700_000_000_000_000L;
  private static final long SECOND = 1_000_000;

  @Test
  void phasesAreSpreadOverThePeriod() {
    Series series = new Series(10, 4, START, SECOND);
    assertEquals(START, series.first(10));
    assertEquals(START + 750_000, series.first(13));
    assertEquals(START + 750_000 + SECOND, series.next(13, START + 750_000));
    assertEquals(START + 750_000, series.next(13, START + 749_999));
  }

  @Test
  void aTimeBetweenTwoStandsForTheOneBefore() {
    Series series = new Series(0, 1, START, SECOND);
    assertEquals(2, series.occurrence(0, START + 2 * SECOND));
    assertEquals(2, series.occurrence(0, START + 3 * SECOND - 1));
    assertEquals(-1, series.occurrence(0, START - 1));
  }

  @Test
  void countsTheTimesOfAWindow() {
    Timetable timetable = new Timetable();
    timetable.add(new Series(0, 10, START, SECOND));
    timetable.add(Series.once(10, 5, START + SECOND));
    // All tenths of the first second; without its begin, and with its end and the one-shots.
    assertEquals(10, timetable.times(START - 1, START + SECOND - 1));
    assertEquals(10 + 5, timetable.times(START, START + SECOND));
    assertEquals(0, timetable.times(START - SECOND, START - 1));
    assertEquals(15, timetable.size());
  }
}
