package io.carillon.master.verification;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carillon.common.schedule.ScheduleSpec;
import io.carillon.common.schedule.SpecInterner;
import io.carillon.master.SystemTime;
import io.carillon.master.TestDatabase;
import io.carillon.master.core.ledger.Gap;
import io.carillon.master.store.fires.LedgerScan;
import io.carillon.master.store.sql.Database;
import io.carillon.master.verification.DrillMeasure.Cost;
import io.carillon.master.verification.FailoverDrill.RefusedException;
import java.time.ZoneId;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Drills on ledgers that are written by hand: one schedule for each of two partitions. */
class FailoverDrillTest {

  private static final long SECOND = 1_000_000;

  private final SystemTime clock = new SystemTime();
  private final Database database = Database.open(TestDatabase.config(), 2);
  private final SpecInterner specs = new SpecInterner();
  private final long base = (clock.nowMicros() / SECOND - 100) * SECOND;

  @BeforeEach
  void schedules() {
    TestDatabase.makeDay(database.core(), base);
    TestDatabase.makeDay(database.core(), base + 200 * SECOND);
    String spec =
        ScheduleSpec.of(new ScheduleSpec.IntervalRule(SECOND, 0), ZoneId.of("UTC")).canonical();
    for (int partition = 0; partition < 2; partition++) {
      sql(
          "insert into schedule values (%d, 'default', 's%d', %d, '', '{}', 1, '', 1, 1, 0, 0, 0, 0)"
              .formatted(partition, partition, partition));
      sql(
          "insert into revision values (%d, 1, %d, %d, null, null, '%s', 0, 1, '', 'text/plain')"
              .formatted(partition, partition, base, spec));
    }
    sql("update partition_state set applied_version = 1, node_id = 'n' || id, epoch = 3");
    watermark(base + 20 * SECOND);
  }

  private void sql(String text) {
    database.core().execute(text);
  }

  private void watermark(long micros) {
    sql("update partition_state set watermark = " + micros);
  }

  /** One recorded so many milliseconds after its time. */
  private void fire(int partition, int second, long lateMillis) {
    long nominal = base + second * SECOND;
    sql(
        "insert into fire values (%d, %d, 1, %d, 1, 1, %d, 0, 1, %d, 0, 0)"
            .formatted(nominal, partition, nominal + lateMillis * 1_000, nominal, partition));
  }

  @Test
  void what_a_failure_cost_is_read_from_the_ledger() {
    for (int second = 1; second <= 20; second++) {
      fire(0, second, 5);
      // Nothing of the other from 10 s 5 ms to 13 s 400 ms.
      boolean out = second > 10 && second <= 13;
      if (second != 16) {
        fire(1, second, out ? (13 - second) * 1_000 + 400 : 5);
      }
    }
    DrillMeasure measure = new DrillMeasure(new LedgerScan(database, specs::intern), SECOND);
    Cost cost = measure.of(base + 5 * SECOND, base + 18 * SECOND);
    assertEquals(14 + 13, cost.fires());
    assertEquals(2, cost.late(), "11 and 12, but not 13, which is 0.4 s late");
    assertEquals(2_400_000, cost.maxLateness());
    assertEquals(2_400_000, cost.gap(), "from when 11 was due");
    assertEquals(1, measure.tally().gaps(Gap.Kind.MISSING));
    assertEquals(0, measure.tally().gaps(Gap.Kind.DUPLICATE));
  }

  /** Lets the second partition change hands, as a leader would. */
  private final class Moving implements FailoverDrill.Leads {
    final CountDownLatch failed = new CountDownLatch(1);
    final CountDownLatch mayMove = new CountDownLatch(1);
    boolean alone;

    @Override
    public CompletableFuture<String> resign(boolean inOrder) {
      sql(
          "update leader_epoch set epoch = epoch + 1, leader = 'm2', taken_at = "
              + clock.nowMicros());
      watermark(clock.nowMicros() + 3_600 * SECOND);
      return CompletableFuture.completedFuture("");
    }

    @Override
    public CompletableFuture<String> loseNode(String node) {
      if (!node.equals("n1")) {
        return CompletableFuture.completedFuture("NODE_NOT_ALIVE");
      }
      failed.countDown();
      new Thread(
              () -> {
                try {
                  mayMove.await();
                } catch (InterruptedException e) {
                  Thread.currentThread().interrupt();
                }
                if (!alone) {
                  sql("update partition_state set node_id = 'n0', epoch = 4 where id = 1");
                  // A node that is back at once has its partitions back before the drill ends.
                  sql("update partition_state set node_id = 'n1', epoch = 5 where id = 1");
                }
                watermark(clock.nowMicros() + 3_600 * SECOND);
              })
          .start();
      return CompletableFuture.completedFuture("");
    }

    @Override
    public CompletableFuture<String> restNode(String node, boolean resting) {
      return CompletableFuture.completedFuture("NO_OTHER_NODE");
    }
  }

  @Test
  void a_drill_waits_until_all_is_recorded_past_the_failure_and_there_is_one_at_a_time()
      throws Exception {
    Moving moving = new Moving();
    FailoverDrill drill = new FailoverDrill(database, specs::intern, clock, moving);
    assertEquals("NODE_NOT_ALIVE", refusal(drill, "n7", false));
    assertEquals("NO_OTHER_NODE", refusal(drill, "n1", true));
    CompletableFuture<FailoverDrill.Outcome> outcome =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return drill.run("n1", false, SECOND, 30 * SECOND);
              } catch (InterruptedException e) {
                throw new AssertionError(e);
              }
            });
    moving.failed.await();
    assertEquals("DRILL_RUNNING", refusal(drill, "n7", false));
    moving.mayMove.countDown();
    assertEquals(1, outcome.get().movedPartitions());
    assertTrue(outcome.get().recovered() > outcome.get().start());
    assertTrue(outcome.get().tally().gaps(Gap.Kind.MISSING) >= 2, "nobody records in this ledger");
    FailoverDrill.Outcome lead = drill.run(null, false, SECOND, 30 * SECOND);
    assertEquals(lead.before().epoch() + 1, lead.after().epoch());
    assertEquals("m2", lead.after().leader());
    assertEquals(0, lead.movedPartitions());
  }

  @Test
  void a_node_without_another_has_its_partitions_again_when_it_is_back() throws Exception {
    Moving moving = new Moving();
    moving.alone = true;
    moving.mayMove.countDown();
    FailoverDrill drill = new FailoverDrill(database, specs::intern, clock, moving);
    assertEquals(0, drill.run("n1", false, SECOND, 30 * SECOND).movedPartitions());
  }

  @Test
  void a_drill_that_does_not_recover_in_time_says_so() {
    FailoverDrill drill = new FailoverDrill(database, specs::intern, clock, new Moving());
    assertEquals(
        "TIMEOUT",
        assertThrows(RefusedException.class, () -> drill.run("n1", false, SECOND, SECOND / 10))
            .getMessage());
  }

  private static String refusal(FailoverDrill drill, String node, boolean inOrder) {
    return assertThrows(RefusedException.class, () -> drill.run(node, inOrder, SECOND, 30 * SECOND))
        .getMessage();
  }

  @AfterEach
  void close() {
    database.close();
  }
}
