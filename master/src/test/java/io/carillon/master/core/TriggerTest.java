package io.carillon.master.core;

import static io.carillon.master.core.CoreDriver.SECOND;
import static io.carillon.master.core.CoreDriver.every;
import static io.carillon.master.core.CoreDriver.mutation;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carillon.master.core.CommitPlan.TriggerResult;
import io.carillon.master.core.MasterCommand.Publish;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TriggerTest {

  private final CoreDriver driver = new CoreDriver(2);

  @Test
  void a_trigger_is_answered_once_it_is_durable() {
    driver.create(7, every(SECOND));
    driver.holdFires = true;
    List<TriggerResult> results = driver.trigger(7);
    assertTrue(results.isEmpty());
    driver.endFires();
    driver.settle();
    assertEquals(List.of(new TriggerResult(driver.now, true, "")), results);
    assertEquals(1, driver.store.fires.get(0).kind());
    assertEquals(1, driver.last(Publish.class).fires().size());
  }

  @Test
  void triggers_at_one_moment_have_nominal_times_of_their_own() {
    driver.create(7, every(SECOND));
    driver.holdFires = true;
    driver.trigger(7);
    for (int i = 0; i < 5; i++) {
      driver.trigger(7);
    }
    driver.holdFires = false;
    driver.endFires();
    driver.settle();
    Set<Long> nominals = new HashSet<>();
    driver.store.fires.forEach(fire -> nominals.add(fire.nominal()));
    assertEquals(6, nominals.size());
  }

  @Test
  void a_deleted_or_unknown_schedule_cannot_be_triggered() {
    long version = driver.create(7, every(SECOND)).version();
    driver.mutate(mutation(7, version, null, true));
    for (long schedule : new long[] {7, 99}) {
      assertEquals(
          List.of(new TriggerResult(0, false, "SCHEDULE_NOT_FOUND")), driver.trigger(schedule));
    }
    assertTrue(driver.store.fires.isEmpty());
  }

  @Test
  void a_paused_schedule_can_be_triggered_also_after_a_restart_of_the_master() {
    long version = driver.create(7, every(SECOND)).version();
    driver.mutate(mutation(7, version, null, false));
    assertTrue(driver.trigger(7).get(0).recorded());
    driver.advance(SECOND);
    driver.restartMaster();
    assertTrue(driver.trigger(7).get(0).recorded());
  }

  @Test
  void the_end_of_the_log_is_kept_by_a_commit_of_triggers_alone() {
    driver.create(7, every(SECOND));
    driver.trigger(7);
    driver.trigger(7);
    assertEquals(2, driver.core.report(driver.now).logEnd());
    driver.restartMaster();
    assertEquals(2, driver.core.report(driver.now).logEnd());
    driver.advance(SECOND);
    driver.trigger(7);
    assertEquals(3, driver.store.fires.get(2).seq());
  }

  @Test
  void a_trigger_goes_through_though_nobody_owns_the_partition() {
    driver.create(7, every(SECOND));
    driver.trigger(7);
    assertEquals(0, driver.store.epoch[0]);
    assertEquals(1, driver.store.fires.size());
    assertEquals(CoreDriver.T0, driver.store.watermark[0]);
  }
}
