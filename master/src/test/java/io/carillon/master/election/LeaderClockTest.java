package io.carillon.master.election;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carillon.master.election.LeaderClock.Disagreement;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LeaderClockTest {

  private static final long MS = 1_000;
  private static final long SECOND = 1_000_000;
  private static final long HOUR = 3_600 * SECOND;
  private static final long BEGIN = 1_800_000_000 * SECOND;

  /** True time; the monotonic clock runs by it. */
  private long now = BEGIN;

  private long wallOffset;
  private long databaseOffset;

  private final LeaderClock clock = new LeaderClock(() -> now + wallOffset, () -> now - 12_345);

  private long monotonic() {
    return now - 12_345;
  }

  private Disagreement look() {
    return clock.look(now + databaseOffset, monotonic(), monotonic());
  }

  private static Lease lease(long renewals, long clusterTime) {
    return new Lease(7, renewals, clusterTime, "other", "other", "a:1", "a:2");
  }

  private Disagreement prepare(long lastClusterTime) {
    return clock.prepare(lease(1, lastClusterTime), now + databaseOffset, monotonic(), monotonic());
  }

  private void leads() {
    assertNull(prepare(0));
    clock.lead();
  }

  /** Leads for a while, with looks; answers how many changes were told. */
  private int lead(long micros) {
    int told = 0;
    long last = clock.nowMicros();
    for (long end = now + micros; now < end; now += 100 * MS) {
      told += look() == null ? 0 : 1;
      assertTrue(clock.nowMicros() >= last, "never back");
      last = clock.nowMicros();
    }
    return told;
  }

  private long error() {
    return clock.nowMicros() - now;
  }

  @Test
  void a_first_leader_begins_with_the_wall_clock() {
    wallOffset = 200 * MS;
    leads();
    assertEquals(200 * MS, error());
  }

  @Test
  void nobody_begins_to_lead_by_a_clock_that_postgresql_contradicts() {
    wallOffset = 501 * MS;
    assertEquals(new Disagreement(0, -501 * MS), prepare(0));
    wallOffset = -HOUR;
    assertEquals(new Disagreement(0, HOUR), prepare(0));
    wallOffset = 500 * MS;
    assertNull(prepare(0));
  }

  @Test
  void an_answer_that_was_long_under_way_is_held_against_nobody() {
    wallOffset = 600 * MS;
    long sent = monotonic();
    now += 400 * MS;
    assertNull(clock.prepare(lease(1, 0), now - 200 * MS, sent, monotonic()));
  }

  @Test
  void a_first_leader_does_not_go_behind_the_last_one_but_for_a_time_that_was_wrong() {
    assertNull(prepare(now + 300 * MS));
    assertEquals(300 * MS, error());
    LeaderClock another = new LeaderClock(() -> now, () -> now);
    assertNull(another.prepare(lease(1, now + HOUR), now, now, now));
    assertEquals(now, another.nowMicros());
  }

  @Test
  void a_follower_goes_on_with_the_cluster_time_that_it_saw_whatever_its_own_clock_says() {
    wallOffset = HOUR;
    // The leader's time is three seconds ahead of the truth, and is read 40 ms late.
    for (int i = 0; i < 20; i++) {
      clock.follow(lease(i, now + 3 * SECOND - 40 * MS));
      now += 500 * MS;
    }
    now += 3 * SECOND;
    assertNull(prepare(0), "cluster time is known: no clock is asked");
    clock.lead();
    long behind = 3 * SECOND - error();
    assertTrue(behind >= 40 * MS && behind <= 60 * MS, "behind by " + behind);
    // A wall clock that is an hour ahead alone is not followed.
    databaseOffset = 3 * SECOND;
    lead(10 * 60 * SECOND);
    assertEquals(behind, 3 * SECOND - error());
  }

  @Test
  void an_estimate_is_never_ahead_of_the_truth_and_not_far_behind() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    // The leader turns back as fast as it may, while the two monotonic clocks drift apart.
    long leader = now + HOUR;
    wallOffset = -HOUR;
    clock.follow(lease(0, leader));
    for (int i = 1; i < 2_000; i++) {
      long renewed = leader;
      long delay = random.nextInt(250_000);
      long rest = 500_000 - random.nextInt(100_000);
      now += delay;
      leader += delay - delay / 1_000 - delay / 10_000;
      clock.follow(lease(i, renewed));
      String when = "round " + i + " seed " + seed;
      assertTrue(clock.nowMicros() <= leader, when);
      assertTrue(leader - clock.nowMicros() < 260 * MS, when);
      now += rest;
      leader += rest - rest / 1_000 - rest / 10_000;
      assertTrue(clock.nowMicros() <= leader, when);
    }
  }

  @Test
  void leading_it_turns_towards_the_wall_clock_by_a_thousandth() {
    leads();
    wallOffset = 400 * MS;
    databaseOffset = 400 * MS;
    lead(100 * SECOND);
    assertTrue(error() > 95 * MS && error() <= 100 * MS, error() + " µs");
    lead(400 * SECOND);
    assertTrue(error() > 399 * MS && error() <= 400 * MS, error() + " µs");
    wallOffset = 0;
    databaseOffset = 0;
    lead(100 * SECOND);
    assertTrue(error() >= 300 * MS && error() < 305 * MS, error() + " µs");
  }

  @Test
  void a_step_of_the_wall_clock_alone_changes_nothing_and_is_told_once_each_way() {
    leads();
    for (long step : new long[] {HOUR, -HOUR, 5 * SECOND, -5 * SECOND}) {
      wallOffset = step;
      assertEquals(new Disagreement(step, 0), look());
      assertEquals(0, lead(60 * SECOND));
      assertEquals(0, error());
      wallOffset = 0;
      assertEquals(new Disagreement(0, 0), look());
      assertEquals(0, lead(SECOND));
    }
  }

  @Test
  void a_step_of_the_clock_of_postgresql_alone_is_told_and_the_wall_clock_still_followed() {
    leads();
    databaseOffset = -HOUR;
    wallOffset = 100 * MS;
    Disagreement told = look();
    assertEquals(new Disagreement(100 * MS, -HOUR), told);
    assertEquals(0, lead(200 * SECOND));
    assertTrue(Math.abs(error() - 100 * MS) < MS, error() + " µs");
  }

  @Test
  void three_clocks_that_all_disagree_leave_cluster_time_alone() {
    leads();
    wallOffset = HOUR;
    databaseOffset = -HOUR;
    assertEquals(1, lead(60 * SECOND));
    assertEquals(0, error());
  }

  @Test
  void after_a_suspension_cluster_time_jumps_to_where_both_other_clocks_are() {
    leads();
    wallOffset = HOUR;
    databaseOffset = HOUR - 100 * MS;
    assertNotNull(look());
    assertEquals(HOUR, error());
    assertEquals(0, lead(60 * SECOND), "they agree again");
  }

  @Test
  void cluster_time_that_is_ahead_of_both_turns_back_slowly() {
    leads();
    wallOffset = -HOUR;
    databaseOffset = -HOUR;
    assertEquals(1, lead(100 * SECOND));
    assertTrue(error() <= -99 * MS && error() >= -100 * MS, error() + " µs");
  }

  @Test
  void a_look_that_took_long_says_nothing() {
    leads();
    wallOffset = HOUR;
    databaseOffset = HOUR;
    long sent = monotonic();
    now += 300 * MS;
    assertNull(clock.look(now + HOUR, sent, monotonic()));
    assertEquals(0, error());
  }
}
