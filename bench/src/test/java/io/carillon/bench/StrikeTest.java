package io.carillon.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.carillon.bench.load.Outage;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

final class StrikeTest {

  @Test
  void a_kill_is_judged_by_when_schedules_fire_again() {
    assertEquals("yes", Strike.NODE_KILL.met(outage(3, millis(9_000), 400, 900, 2_900)));
    assertEquals(
        "no: 1500 ms typically", Strike.NODE_KILL.met(outage(3, millis(1), 900, 1_500, 1_600)));
    assertEquals(
        "no: 3100 ms at worst", Strike.NODE_KILL.met(outage(3, millis(1), 400, 500, 3_100)));
    assertEquals("yes", Strike.LEADER_KILL.met(outage(3, millis(1), 400, 500, 3_100)));
    assertEquals("yes", Strike.LEADER_PAUSE.met(outage(2, millis(1), 4_000, 4_500)));
    assertEquals(
        "no: 5500 ms at worst", Strike.LEADER_PAUSE.met(outage(2, millis(1), 4_000, 5_500)));
  }

  @Test
  void a_stop_in_order_is_judged_by_the_latest_fire() {
    assertEquals("yes", Strike.LEADER_STOP.met(outage(2, millis(240), 2_000, 2_000)));
    assertEquals("no: 300 ms at worst", Strike.NODE_STOP.met(outage(2, millis(20, 300), 100, 200)));
  }

  @Test
  void whoever_has_not_fired_again_misses_every_goal() {
    for (Strike strike : Strike.values()) {
      assertEquals("no: 2 have not fired again", strike.met(outage(3, millis(1), 1)));
    }
  }

  private static Outage outage(long schedules, Histogram late, long... gaps) {
    return new Outage(schedules, millis(gaps), late);
  }

  /** So fine that what was put in comes out. */
  private static Histogram millis(long... values) {
    Histogram micros = new Histogram(5);
    for (long value : values) {
      micros.recordValue(value * 1000);
    }
    return micros;
  }
}
