package io.carillon.master.core;

import static io.carillon.master.core.CoreDriver.SECOND;
import static io.carillon.master.core.CoreDriver.every;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carillon.common.fire.SkipReason;
import io.carillon.master.core.CommitPlan.TriggerResult;
import io.carillon.master.core.Counters.Counter;
import io.carillon.master.core.MasterCommand.Acknowledge;
import io.carillon.master.core.MasterCommand.Assigned;
import io.carillon.master.core.PushedPart.SkippedRun;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class QuarantineTest {

  private static final String FAULT = "a row is in the way";

  private final CoreDriver driver = new CoreDriver(3);
  private long session;
  private Revision revision;
  private long begin;

  /** Partition 0 has a schedule of every tenth of a second, and a second of it is due. */
  @BeforeEach
  void begin() {
    session = driver.soleOwner();
    revision = driver.create(7, every(SECOND / 10));
    begin = driver.store.watermark[0];
    driver.advance(SECOND);
  }

  private void damage(int partition) {
    driver.faults =
        plan -> {
          TreeMap<Integer, String> faults = new TreeMap<>();
          if (plan.partitionsTouched().contains(partition)) {
            faults.put(partition, FAULT);
          }
          return faults;
        };
  }

  private void undamage() {
    driver.faults = plan -> new TreeMap<>();
  }

  private PartBuilder due(long from) {
    return driver
        .part(0)
        .applied(driver.core.report(driver.now).partitions().get(0).version())
        .events(revision, from, driver.now);
  }

  private MasterReport.PartitionRow row(int partition) {
    return driver.core.report(driver.now).partitions().get(partition);
  }

  private List<String> repair(long... standing) {
    StandingFires found = new StandingFires();
    for (long nominal : standing) {
      found.add(7, nominal, nominal);
    }
    List<String> answers = new ArrayList<>();
    driver.core.repairPartition(
        0,
        new StoredPartition(
            driver.store.epoch[0], driver.store.watermark[0], driver.store.applied[0], found),
        answers::add,
        driver.now);
    driver.settle();
    return answers;
  }

  @Test
  void the_partition_at_fault_is_set_aside_and_the_others_of_the_commit_are_recorded() {
    damage(0);
    Acknowledge ack = driver.push(session, 1, due(begin), driver.part(1), driver.part(2));
    assertEquals(1, ack.batch(), "the node is not held up");
    assertEquals(List.of(new Refusal(0, 1, Refusal.Reason.STALE_EPOCH)), ack.refusals());
    assertEquals(List.of(), driver.store.nominals(7));
    assertEquals(driver.now, driver.store.watermark[1]);
    assertEquals(driver.now, driver.store.watermark[2]);
    assertTrue(row(0).quarantine().startsWith(FAULT), row(0).quarantine());
    assertTrue(row(0).quarantine().contains("repair-partition 0"), row(0).quarantine());
    assertEquals("", row(1).quarantine());
    assertEquals(1, driver.counter(Counter.PARTITIONS_QUARANTINED));
    assertEquals(
        List.of(new CoreEvent.PartitionQuarantined(driver.now, 0, row(0).quarantine())),
        driver.events.stream().filter(CoreEvent.PartitionQuarantined.class::isInstance).toList());
    assertEquals(
        List.of(1, 2),
        driver.assignment(session).partitions().stream().map(Assigned::partition).toList());
  }

  @Test
  void it_stays_so_whoever_comes_and_goes_and_is_no_reason_for_a_node_not_to_leave() {
    damage(0);
    driver.push(session, 1, due(begin));
    driver.join("b");
    driver.advance(5 * SECOND);
    driver.push(session, 2, due(begin));
    assertEquals(1, driver.counter(Counter.PARTITIONS_QUARANTINED));
    driver.breakStream(session);
    driver.advance(5 * SECOND);
    assertEquals(List.of(1, 2), driver.owned("b"));
    assertEquals(null, row(0).owner());
  }

  @Test
  void what_was_taken_for_the_next_commit_goes_with_it() {
    damage(0);
    driver.holdFires = true;
    driver.push(session, 1, due(begin), driver.part(1));
    long from = driver.now;
    long applied = row(0).version();
    driver.advance(SECOND / 2);
    PartBuilder next =
        new PartBuilder(0, 1, from, driver.now, applied).events(revision, from, driver.now);
    driver.push(session, 2, next, new PartBuilder(1, 1, from, driver.now, 0));
    driver.holdFires = false;
    driver.endFires();
    driver.settle();
    driver.endFires();
    driver.settle();
    assertEquals(List.of(), driver.store.nominals(7));
    assertEquals(driver.now, driver.store.watermark[1]);
    assertEquals(2, driver.last(Acknowledge.class).batch());
  }

  @Test
  void a_commit_of_nothing_else_is_not_written() {
    damage(0);
    driver.push(session, 1, due(begin));
    assertEquals(0, driver.counter(Counter.COMMITS));
    undamage();
    driver.push(session, 2, driver.part(1));
    assertEquals(driver.now, driver.store.watermark[1]);
  }

  @Test
  void triggers_and_backfills_of_it_are_refused_with_words() {
    damage(0);
    driver.push(session, 1, due(begin));
    assertEquals(List.of(new TriggerResult(0, false, AskedFires.QUARANTINED)), driver.trigger(7));
    undamage();
    repair();
    assertTrue(driver.trigger(7).get(0).recorded());
  }

  @Test
  void a_trigger_that_waits_in_the_refused_commit_is_answered() {
    damage(0);
    driver.holdFires = true;
    List<TriggerResult> results = driver.trigger(7);
    driver.holdFires = false;
    driver.endFires();
    driver.settle();
    assertEquals(List.of(new TriggerResult(0, false, AskedFires.QUARANTINED)), results);
  }

  @Test
  void after_the_repair_the_next_owner_records_all_but_what_stands_in_the_log() {
    damage(0);
    driver.push(session, 1, due(begin));
    undamage();
    long standing = revision.times().nextAfter(revision.validFrom());
    assertEquals(List.of(""), repair(standing));
    assertEquals(2, driver.store.epoch[0], "nothing of before counts");
    assertEquals("", row(0).quarantine());
    assertTrue(driver.events.contains(new CoreEvent.PartitionQuarantined(driver.now, 0, "")));
    driver.push(session, 2, due(begin));
    List<Long> expected = driver.store.expected(7);
    assertEquals(standing, expected.remove(0));
    assertEquals(expected, driver.store.nominals(7));
    assertEquals(1, driver.counter(Counter.FOUND_RECORDED));
  }

  @Test
  void what_is_not_set_aside_is_not_repaired() {
    assertEquals(List.of("PARTITION_NOT_QUARANTINED"), repair());
  }

  @Test
  void a_change_of_owners_that_is_refused_for_one_partition_goes_on_for_the_others() {
    driver.holdFires = true;
    driver.begin(driver.register("a", "second", 0).session());
    assertEquals(3, driver.heldOwners.size());
    driver.heldOwners = null;
    driver.holdFires = false;
    driver.core.assignmentRefused(new TreeMap<>(java.util.Map.of(1, FAULT)), driver.now);
    driver.settle();
    assertEquals(2, driver.store.epoch[0]);
    assertEquals(1, driver.store.epoch[1]);
    assertEquals(2, driver.store.epoch[2]);
    assertTrue(row(1).quarantine().startsWith(FAULT));
  }

  @Test
  void of_a_run_that_is_left_out_what_stands_in_the_log_is_taken_out() {
    StandingFires standing = new StandingFires();
    long first = revision.times().nextAfter(begin);
    long tenth = SECOND / 10;
    standing.add(7, first - 5 * tenth, first);
    standing.add(7, first + 3 * tenth, first + 4 * tenth);
    SkippedRun run = new SkippedRun(7, 2, first, first + 9 * tenth, 10, SkipReason.CATCHUP_WINDOW);
    assertEquals(
        List.of(
            new SkippedRun(7, 2, first + tenth, first + 2 * tenth, 2, SkipReason.CATCHUP_WINDOW),
            new SkippedRun(
                7, 2, first + 5 * tenth, first + 9 * tenth, 5, SkipReason.CATCHUP_WINDOW)),
        standing.without(run, revision.times()));
    assertTrue(standing.holds(7, first + 3 * tenth));
    assertTrue(!standing.holds(7, first + 5 * tenth));
    assertTrue(!standing.holds(8, first));
  }
}
