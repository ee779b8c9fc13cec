package io.carillon.master.core;

import static io.carillon.master.core.CoreDriver.SECOND;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carillon.master.core.Counters.Counter;
import io.carillon.master.core.MasterCommand.Acknowledge;
import io.carillon.master.core.MasterCommand.Assigned;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Messages of a hand-over that get lost: the epoch before holds until the last batch is there. */
class EpochGraceTest {

  private final CoreDriver driver = new CoreDriver(16);
  private long a;
  private int moving;
  private Revision revision;
  private long watched;

  /** Node a owns all, b has joined, and a is asked to release a partition. */
  @BeforeEach
  void begin() {
    a = driver.soleOwner();
    revision = driver.create(1, CoreDriver.every(SECOND / 10));
    driver.join("b");
    driver.advance(SECOND / 5);
    List<Assigned> asked =
        driver.assignment(a).partitions().stream().filter(Assigned::release).toList();
    moving = asked.get(0).partition();
    watched = driver.store.watermark[moving];
  }

  private long reconnect(String node, long session) {
    driver.breakStream(session);
    long again = driver.register(node, "first", 1).session();
    driver.begin(again);
    return again;
  }

  private boolean isToRelease(long session) {
    return driver.assignment(session).partitions().stream()
        .anyMatch(one -> one.partition() == moving && one.release());
  }

  @Test
  void a_release_that_was_not_heard_comes_again_and_until_then_the_epoch_holds() {
    driver.advance(SECOND / 5);
    driver.push(a, 1, driver.part(moving));
    assertEquals(driver.now, driver.store.watermark[moving], "recorded under the old epoch");
    a = reconnect("a", a);
    assertTrue(isToRelease(a), "said again with the first heartbeat");
    driver.push(a, 2, driver.part(moving).last());
    assertEquals("b", driver.store.owner[moving]);
  }

  @Test
  void a_release_that_is_never_answered_ends_with_the_epoch_and_the_next_owner_goes_on() {
    driver.advance(driver.settings.releaseTimeout() + SECOND / 10);
    assertEquals("b", driver.store.owner[moving]);
    assertEquals(watched, driver.store.watermark[moving], "all that is not recorded is b's");
    Acknowledge refused = driver.push(a, 1, driver.part(moving).epoch(1));
    assertEquals(Refusal.Reason.STALE_EPOCH, refused.refusals().get(0).reason());
    assertEquals(watched, driver.store.watermark[moving]);
  }

  @Test
  void a_last_batch_whose_acknowledgement_got_lost_is_settled_when_it_comes_again() {
    PartBuilder last = driver.part(moving).last();
    driver.push(a, 1, last);
    assertEquals("b", driver.store.owner[moving]);
    long recorded = driver.store.watermark[moving];
    a = reconnect("a", a);
    Acknowledge again = driver.push(a, 1, last);
    assertEquals(1, again.batch(), "the node may forget it");
    assertEquals(recorded, driver.store.watermark[moving]);
    assertEquals(2, driver.store.epoch[moving]);
  }

  @Test
  void an_assignment_that_was_not_heard_comes_with_the_first_heartbeat_of_the_next_session() {
    driver.push(a, 1, driver.part(moving).last());
    long b = driver.beating.last();
    b = reconnect("b", b);
    assertTrue(
        driver.assignment(b).partitions().stream()
            .anyMatch(one -> one.partition() == moving && one.epoch() == 2 && !one.release()));
    assertEquals(0, driver.counter(Counter.NODES_LOST));
    driver.advance(SECOND);
    driver.push(b, 1, driver.part(moving));
    assertEquals(driver.now, driver.store.watermark[moving], "nothing was left out between");
  }

  @Test
  void what_the_old_owner_pushed_and_was_not_recorded_is_done_by_the_next() {
    int partition = 0;
    driver.holdFires = true;
    driver.advance(SECOND / 5);
    PartBuilder due =
        driver
            .part(partition)
            .applied(2)
            .events(revision, driver.store.watermark[partition], driver.now);
    driver.push(a, 1, due);
    // The commit goes on; the node is given up while it does.
    driver.breakStream(a);
    driver.advance(SECOND);
    driver.holdFires = false;
    driver.endFires();
    driver.settle();
    int once = driver.store.nominals(1).size();
    assertTrue(once > 0, "what was under way is recorded first");
    assertEquals("b", driver.store.owner[partition]);
    long b = driver.beating.last();
    driver.push(
        b,
        1,
        driver.part(partition).events(revision, driver.store.watermark[partition], driver.now));
    assertEquals(driver.store.expected(1), driver.store.nominals(1));
  }
}
