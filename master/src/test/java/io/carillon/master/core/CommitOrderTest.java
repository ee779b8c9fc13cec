package io.carillon.master.core;

import static io.carillon.master.core.CoreDriver.SECOND;
import static io.carillon.master.core.CoreDriver.content;
import static io.carillon.master.core.CoreDriver.every;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carillon.common.config.Records;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** In which order what waits is recorded when it does not all go into one commit. */
class CommitOrderTest {

  private static final CoreSettings FOUR_AT_ONCE =
      Records.with(CoreSettings.defaults(), "maxCommitEvents", 4);

  private final CoreDriver driver = new CoreDriver(2, FOUR_AT_ONCE);

  @Test
  void what_is_due_together_is_recorded_together_whatever_partition_it_is_of() {
    long session = driver.soleOwner();
    Revision[] revisions = new Revision[2];
    for (int partition = 0; partition < 2; partition++) {
      revisions[partition] =
          driver
              .mutate(
                  CoreDriver.mutation(7 + partition, partition, 0, content(every(SECOND)), false))
              .get(0)
              .planned()
              .get(0)
              .opened();
    }
    driver.advance(SECOND);
    long[] applied = {version(0), version(1)};
    driver.holdFires = true;
    // The first keeps the lane busy; behind it, three steps of each partition wait.
    long[] from = {driver.store.watermark[0], driver.store.watermark[1]};
    long begun = driver.now;
    driver.push(session, 1, part(0, from[0], begun, driver.store.applied[0], revisions, applied));
    for (int step = 0; step < 3; step++) {
      long after = begun + 2 * SECOND * step;
      driver.advance(2 * SECOND);
      long previous = step == 0 ? from[1] : after;
      long appliedBefore = step == 0 ? driver.store.applied[1] : applied[1];
      driver.push(
          session,
          2 + step,
          part(0, after, driver.now, applied[0], revisions, applied),
          part(1, previous, driver.now, appliedBefore, revisions, applied));
    }
    List<List<Integer>> commits = new ArrayList<>();
    while (driver.heldCommit != null) {
      commits.add(schedules(driver.heldCommit));
      driver.endFires();
      driver.settle();
    }
    assertEquals(driver.store.expected(7), driver.store.nominals(7));
    assertEquals(driver.store.expected(8), driver.store.nominals(8));
    for (List<Integer> commit : commits.subList(1, commits.size())) {
      assertTrue(commit.contains(7) && commit.contains(8), "one of each in " + commits);
    }
  }

  private long version(int partition) {
    return driver.core.report(driver.now).partitions().get(partition).version();
  }

  private PartBuilder part(
      int partition,
      long from,
      long upTo,
      long appliedBefore,
      Revision[] revisions,
      long[] applied) {
    return new PartBuilder(partition, driver.store.epoch[partition], from, upTo, appliedBefore)
        .applied(applied[partition])
        .events(revisions[partition], Math.max(from, revisions[partition].validFrom()), upTo);
  }

  private static List<Integer> schedules(CommitPlan plan) {
    List<Integer> schedules = new ArrayList<>();
    for (int row = 0; row < plan.fires().size(); row++) {
      schedules.add((int) plan.fires().schedule[row]);
    }
    return schedules;
  }
}
