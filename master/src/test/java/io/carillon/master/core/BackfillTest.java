package io.carillon.master.core;

import static io.carillon.master.core.CoreDriver.DESTINATION;
import static io.carillon.master.core.CoreDriver.SECOND;
import static io.carillon.master.core.CoreDriver.every;
import static io.carillon.master.core.CoreDriver.mutation;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carillon.common.config.Records;
import io.carillon.common.fire.FireKind;
import io.carillon.master.core.CommitPlan.BackfillFires;
import io.carillon.master.core.CommitPlan.BackfillResult;
import io.carillon.master.core.CommitPlan.ManualFire;
import io.carillon.master.core.Counters.Counter;
import io.carillon.master.core.MasterCommand.Publish;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class BackfillTest {

  private static final BackfillResult RECORDED = new BackfillResult(true, "");
  private static final long DAY = 86_400 * SECOND;

  private final CoreDriver driver = new CoreDriver(2);

  /** So many times, one every {@code period}, the last of them now. */
  private long[] times(int count, long period) {
    return LongStream.rangeClosed(1 - count, 0).map(i -> driver.now + i * period).toArray();
  }

  private List<BackfillResult> backfill(int number, long... nominals) {
    List<BackfillResult> results = new ArrayList<>();
    driver.core.backfill(
        new BackfillFires(7, 0, 2, DESTINATION, number, nominals, results::add), driver.now);
    driver.settle();
    return results;
  }

  private static List<BackfillResult> refused(String reason) {
    return List.of(new BackfillResult(false, reason));
  }

  private long recorded(int number) {
    int code = FireKind.BACKFILL.code(number);
    return driver.store.fires.stream().filter(fire -> fire.kind() == code).count();
  }

  @Test
  void a_backfill_is_answered_once_it_is_durable() {
    driver.create(7, every(SECOND));
    driver.holdFires = true;
    List<BackfillResult> results = backfill(1, times(3, SECOND));
    assertEquals(List.of(), results);
    driver.endFires();
    driver.settle();
    assertEquals(List.of(RECORDED), results);
    assertEquals(3, recorded(1));
    assertEquals(3, driver.last(Publish.class).fires().size());
    assertEquals(List.of(), driver.store.nominals(7), "none of them is a scheduled fire");
  }

  @Test
  void each_backfill_has_an_id_space_of_its_own_beside_what_is_scheduled() {
    driver.create(7, every(SECOND));
    long[] same = times(5, SECOND);
    assertEquals(List.of(RECORDED), backfill(1, same));
    assertEquals(List.of(RECORDED), backfill(2, same));
    assertEquals(List.of(RECORDED), backfill(FireKind.MAX_BACKFILL, same));
    driver.trigger(7);
    assertEquals(16, driver.store.fires.size());
  }

  @Test
  void a_long_one_is_spread_over_commits_and_lets_what_is_due_through() {
    long session = driver.soleOwner();
    Revision open = driver.create(7, every(SECOND));
    driver.advance(2 * SECOND);
    driver.holdFires = true;
    long before = driver.counter(Counter.COMMITS);
    List<BackfillResult> results = backfill(1, times(2_500, SECOND));
    driver.push(
        session,
        1,
        driver.part(0).applied(open.version()).events(open, open.validFrom(), driver.now));
    driver.endFires();
    driver.settle();
    assertEquals(1_000, recorded(1));
    driver.endFires();
    driver.settle();
    assertEquals(2_000, recorded(1));
    assertEquals(driver.now, driver.store.watermark[0], "it did not wait for the backfill");
    assertEquals(driver.store.expected(7), driver.store.nominals(7));
    assertEquals(List.of(), results);
    driver.endFires();
    driver.settle();
    assertEquals(List.of(RECORDED), results);
    assertEquals(2_500, recorded(1));
    assertEquals(before + 3, driver.counter(Counter.COMMITS));
  }

  @Test
  void a_commit_touches_few_days_so_that_no_commit_makes_many_tables() {
    driver.create(7, every(SECOND));
    long before = driver.counter(Counter.COMMITS);
    assertEquals(List.of(RECORDED), backfill(1, times(365, DAY)));
    assertEquals(365, recorded(1));
    long commits = driver.counter(Counter.COMMITS) - before;
    assertEquals((365 + AskedFires.DAYS_PER_COMMIT - 1) / AskedFires.DAYS_PER_COMMIT, commits);
  }

  @Test
  void a_commit_that_is_full_leaves_it_for_the_next() {
    CoreDriver small =
        new CoreDriver(2, Records.with(CoreSettings.defaults(), "maxCommitEvents", 10));
    small.create(7, every(SECOND));
    List<BackfillResult> results = new ArrayList<>();
    long[] times = times(35, SECOND);
    small.core.backfill(new BackfillFires(7, 0, 2, DESTINATION, 1, times, results::add), small.now);
    small.settle();
    assertEquals(List.of(RECORDED), results);
    assertEquals(4, small.counter(Counter.COMMITS));
  }

  @Test
  void too_many_that_wait_are_refused() {
    driver.create(7, every(SECOND));
    driver.holdFires = true;
    driver.trigger(7);
    for (int i = 1; i <= AskedFires.MAX_BACKFILLS; i++) {
      assertEquals(List.of(), backfill(i, times(1, SECOND)));
    }
    assertEquals(refused("OVERLOADED"), backfill(9_999, times(1, SECOND)));
    driver.holdFires = false;
    driver.endFires();
    driver.settle();
    assertEquals(1 + AskedFires.MAX_BACKFILLS, driver.store.fires.size());
    assertEquals(List.of(RECORDED), backfill(9_999, times(1, SECOND)));
  }

  @Test
  void a_schedule_that_is_deleted_meanwhile_ends_it() {
    long version = driver.create(7, every(SECOND)).version();
    driver.holdFires = true;
    List<BackfillResult> results = backfill(1, times(1_500, SECOND));
    driver.mutate(mutation(7, version, null, true));
    driver.endFires();
    driver.settle();
    assertEquals(refused("SCHEDULE_NOT_FOUND"), results);
    assertEquals(1_000, recorded(1), "what was under way");
    assertEquals(refused("SCHEDULE_NOT_FOUND"), backfill(2, times(1, SECOND)));
    driver.holdFires = false;
    driver.create(8, every(SECOND));
    driver.core.trigger(new ManualFire(8, 0, 3, DESTINATION, result -> {}, 0), driver.now);
    driver.settle();
    assertEquals(1_001, driver.store.fires.size(), "the lane goes on");
  }

  @Test
  void what_would_break_the_log_or_fire_early_is_refused() {
    driver.create(7, every(SECOND));
    long now = driver.now;
    for (long[] wrong :
        new long[][] {{now - 5, now - 5}, {now, now - 1}, {now, now + 1}, {-1, now}}) {
      assertEquals(refused("TIMES_NOT_ASCENDING_AND_PAST"), backfill(1, wrong));
    }
    assertEquals(refused("BACKFILL_OUT_OF_RANGE"), backfill(0, now));
    assertEquals(refused("BACKFILL_OUT_OF_RANGE"), backfill(FireKind.MAX_BACKFILL + 1, now));
    assertTrue(driver.store.fires.isEmpty());
    assertEquals(List.of(RECORDED), backfill(1), "none is soon done");
  }
}
