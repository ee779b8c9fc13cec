package io.carillon.master.core;

import static io.carillon.master.core.CoreDriver.SECOND;
import static io.carillon.master.core.CoreDriver.every;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is checked for the next commit while one is being written. */
class TakeAheadTest {

  private final CoreDriver driver = new CoreDriver(2);
  private long session;
  private Revision revision;
  private long epoch;
  private long applied;

  /** A commit of partition 0 is under way. */
  @BeforeEach
  void commit() {
    session = driver.soleOwner();
    revision = driver.create(7, every(SECOND / 10));
    driver.advance(SECOND);
    applied = driver.core.report(driver.now).partitions().get(0).version();
    epoch = driver.store.epoch[0];
    driver.holdFires = true;
    push(1, driver.store.watermark[0], driver.store.applied[0]);
  }

  /** All that is due since then. */
  private void push(long batch, long from, long previousApplied) {
    driver.push(
        session,
        batch,
        new PartBuilder(0, epoch, from, driver.now, previousApplied)
            .applied(applied)
            .events(revision, from, driver.now));
  }

  private void pushMore(long batch) {
    long from = driver.now;
    driver.advance(SECOND / 2);
    push(batch, from, applied);
  }

  private void endCommit() {
    driver.endFires();
    driver.settle();
  }

  @Test
  void it_goes_on_where_the_commit_under_way_ends_and_is_the_next_commit() {
    pushMore(2);
    pushMore(3);
    endCommit();
    long first = driver.store.nominals(7).size();
    long end = driver.now;
    assertEquals(5 + 5, driver.heldCommit.fires().size(), "both in one commit");
    driver.holdFires = false;
    endCommit();
    assertEquals(first + 10, driver.store.nominals(7).size());
    assertEquals(driver.store.expected(7), driver.store.nominals(7));
    assertEquals(end, driver.store.watermark[0]);
  }

  @Test
  void a_mutation_that_comes_after_it_takes_nothing_from_it() {
    pushMore(2);
    driver.update(7, revision.version(), every(SECOND / 3));
    endCommit();
    int before = driver.store.nominals(7).size();
    driver.holdFires = false;
    endCommit();
    assertEquals(before + 5, driver.store.nominals(7).size(), "all that the old revision owed");
  }

  @Test
  void it_is_recorded_before_the_partition_changes_its_owner() {
    pushMore(2);
    driver.join("b");
    driver.breakStream(session);
    driver.advance(SECOND);
    endCommit();
    assertEquals(5, driver.heldCommit.fires().size(), "what was taken, not the change of owners");
    driver.holdFires = false;
    endCommit();
    assertEquals("b", driver.store.owner[0]);
    assertEquals(0, driver.counter(Counters.Counter.REFUSED_STALE_EPOCH));
  }

  @Test
  void a_change_of_owners_that_waits_comes_before_what_was_not_taken() {
    driver.join("b");
    driver.breakStream(session);
    driver.advance(SECOND);
    endCommit();
    assertEquals(null, driver.heldCommit);
    driver.holdFires = false;
    endCommit();
    assertEquals("b", driver.store.owner[0]);
  }
}
