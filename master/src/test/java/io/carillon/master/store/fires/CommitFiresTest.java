package io.carillon.master.store.fires;

import static io.carillon.master.store.sql.StoreFixture.SECOND;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carillon.common.fire.FireKind;
import io.carillon.master.core.CommitPlan;
import io.carillon.master.core.CommitPlans;
import io.carillon.master.core.MasterCommand.OwnerChange;
import io.carillon.master.store.sql.StoreFixture;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CommitFiresTest {

  /** As many new days as the core lets into a commit. */
  private static final int DAYS = 2;

  private final StoreFixture fixture = new StoreFixture();
  private final FireStore fires = new FireStore(fixture.database, fixture.epoch);

  @AfterEach
  void close() {
    fixture.close();
  }

  @Test
  void a_commit_moves_watermarks_and_inserts_fires_in_the_order_of_seq() throws Exception {
    CommitPlan plan = fixture.step(2, 3, 1);
    fires.commit(plan);
    assertEquals(3, fixture.fires());
    assertArrayEquals(plan.newWatermarks(), fixture.watermarks(2));
    assertEquals(3, fixture.value("select max(last_seq) from partition_state"));
    assertEquals(
        3, fixture.value("select count(distinct seq) from fire where seq between 1 and 3"));
    assertTrue(fires.isCommitted(plan));
  }

  /** The same with a trigger and a fire that is made up for, both of schedule 9. */
  private static CommitPlan noted(CommitPlan plan) {
    return new CommitPlan(
        plan.partitions(),
        plan.epochs(),
        plan.watermarks(),
        plan.newWatermarks(),
        plan.applied(),
        plan.fires(),
        plan.lastSeq(),
        plan.parts(),
        List.of(new CommitPlan.ManualFire(9, 0, 2, 1, result -> {}, 77)),
        plan.backfills(),
        List.of(new CommitPlan.Repaired(0, 9, 55, false)));
  }

  @Test
  void triggers_and_what_is_made_up_for_are_noted_with_their_fires_or_not_at_all()
      throws Exception {
    CommitPlan plan = noted(fixture.step(1, 1, 1));
    fires.commit(plan);
    assertEquals(1, fixture.value("select count(*) from fire_note where kind = 1"));
    assertEquals(77, fixture.value("select nominal_time from fire_note where kind = 1"));
    assertEquals(55, fixture.value("select nominal_time from fire_note where kind = 0"));
    SQLException again = assertThrows(SQLException.class, () -> fires.commit(plan));
    assertEquals("CA002", again.getSQLState(), "as without notes, so that it is read back");
    StoreFixture.takeLead(fixture.database, "other");
    fixture.database.core().execute("delete from fire_note");
    assertThrows(SQLException.class, () -> fires.commit(noted(fixture.step(1, 1, 2))));
    assertEquals(0, fixture.value("select count(*) from fire_note"));
  }

  @Test
  void a_change_of_owner_is_kept_with_where_the_partition_and_the_log_were_then() throws Exception {
    fires.commit(fixture.step(1, 3, 1));
    List<OwnerChange> changes = List.of(new OwnerChange(1, 0, "a", "joined"));
    fires.changeOwners(changes);
    fires.changeOwners(changes);
    assertEquals(1, fixture.value("select count(*) from partition_owner where node_id = 'a'"));
    assertEquals(
        1,
        fixture.value(
            "select count(*) from partition_owner o join partition_state p on p.id = o.partition"
                + " where o.node_id = 'a' and o.epoch = 1 and p.epoch = 1 and o.watermark ="
                + " p.watermark and o.applied_version = p.applied_version and o.seq = 3"));
    assertEquals(
        4, fixture.value("select count(*) from partition_owner where epoch = 0"), "the first");
  }

  @Test
  void a_deposed_leaders_commit_changes_nothing() {
    long[] before = fixture.watermarks(2);
    StoreFixture.takeLead(fixture.database, "other");
    SQLException refused =
        assertThrows(SQLException.class, () -> fires.commit(fixture.step(2, 3, 1)));
    assertEquals("CA001", refused.getSQLState());
    assertEquals(0, fixture.fires());
    assertArrayEquals(before, fixture.watermarks(2));
  }

  @Test
  void one_partition_elsewhere_and_none_moves() {
    long[] watermarks = fixture.watermarks(3);
    long[] wrong = watermarks.clone();
    wrong[1]++;
    CommitPlan plan =
        CommitPlans.plan(wrong, watermarks[0] + 9 * SECOND, 1, 7, watermarks[0] + SECOND);
    SQLException refused = assertThrows(SQLException.class, () -> fires.commit(plan));
    assertEquals("CA002", refused.getSQLState());
    assertArrayEquals(watermarks, fixture.watermarks(3));
    assertEquals(0, fixture.fires());
    assertFalse(fires.isCommitted(plan));
  }

  @Test
  void a_fire_that_is_there_already_raises_and_nothing_moves() throws Exception {
    fires.commit(fixture.step(1, 3, 1));
    long[] watermarks = fixture.watermarks(2);
    CommitPlan again =
        CommitPlans.plan(
            watermarks, watermarks[0] + SECOND, 4, 7, watermarks[0], watermarks[0] + SECOND);
    SQLException refused = assertThrows(SQLException.class, () -> fires.commit(again));
    assertEquals("23505", refused.getSQLState());
    assertArrayEquals(watermarks, fixture.watermarks(2));
    assertEquals(3, fixture.fires());
  }

  @Test
  void a_takeover_waits_for_a_commit_in_flight_and_sees_its_rows() throws Exception {
    fires.commit(fixture.step(1, 1, 1));
    CompletableFuture<Long> rows = new CompletableFuture<>();
    try (Connection inFlight = fixture.connect();
        Statement statement = inFlight.createStatement()) {
      inFlight.setAutoCommit(false);
      long watermark = fixture.watermarks(1)[0];
      statement.execute(
          String.format(
              "select commit_fires(%d, array[0], array[0::bigint], array[%d], array[%d],"
                  + " array[0::bigint], 2, 2, 0, array[%d], array[7::bigint], array[2::bigint],"
                  + " array[0::bigint], array[%d], array[0::bigint], array[1], array[0],"
                  + " array[0], array[0])",
              fixture.epoch,
              watermark,
              watermark + SECOND,
              watermark + SECOND,
              watermark + SECOND));
      Thread takeover =
          new Thread(
              () -> {
                StoreFixture.takeLead(fixture.database, "other");
                rows.complete(fixture.fires());
              });
      takeover.start();
      StoreFixture.await(
          "the takeover waits",
          () ->
              fixture.value(
                      "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and"
                          + " query like '%leader_epoch%' and query not like '%pg_stat%'")
                  == 1);
      assertFalse(rows.isDone());
      inFlight.commit();
      takeover.join(10_000);
    }
    assertEquals(2, rows.get());
    assertThrows(SQLException.class, () -> fires.commit(fixture.step(1, 1, 3)));
  }

  @Test
  void days_of_the_log_are_made_as_they_come() throws Exception {
    long day = 86_400 * SECOND;
    long[] watermarks = fixture.watermarks(1);
    fires.commit(
        CommitPlans.plan(
            watermarks, watermarks[0] + 3 * day, 1, 7, watermarks[0] + 1, watermarks[0] + 2 * day));
    assertEquals(2, fixture.fires());
    long tables =
        fixture.value("select count(*) from pg_inherits where inhparent = 'fire'::regclass");
    assertTrue(tables >= 3, "two days with fires and the one ahead, but there are " + tables);
    // Another leader, who does not know them, finds them there.
    new FireStore(fixture.database, fixture.epoch).commit(fixture.step(1, 1, 3));
  }

  @Test
  void a_year_that_the_log_does_not_have_is_made_day_by_day_in_bearable_time() throws Exception {
    long day = 86_400 * SECOND;
    long first = fixture.watermarks(1)[0] - 400 * day;
    long longest = 0;
    long begun = System.nanoTime();
    for (int commit = 0; commit < 364 / DAYS; commit++) {
      long[] nominals = new long[DAYS];
      for (int i = 0; i < DAYS; i++) {
        nominals[i] = first + (commit * DAYS + i) * day;
      }
      long started = System.nanoTime();
      backfill(commit * DAYS + 1, nominals);
      longest = Math.max(longest, System.nanoTime() - started);
    }
    long made = (System.nanoTime() - begun) / 1_000_000;
    begun = System.nanoTime();
    int n = 100;
    for (int i = 0; i < n; i++) {
      backfill(1_000 + i, first + i + 1);
    }
    long known = (System.nanoTime() - begun) / 1_000 / n;
    System.out.printf(
        "364 days of the log made in %d ms, the longest commit %d ms; one on a known day %d us%n",
        made, longest / 1_000_000, known);
    long tables =
        fixture.value("select count(*) from pg_inherits where inhparent = 'fire'::regclass");
    assertTrue(tables >= 364, "there are " + tables);
    assertEquals(364 + n, fixture.fires());
    assertTrue(longest < 2_000_000_000L, "the longest commit took " + longest + " ns");
  }

  private void backfill(long seq, long... nominals) throws SQLException {
    long[] watermarks = fixture.watermarks(1);
    CommitPlan plan = CommitPlans.plan(watermarks, watermarks[0] + 1, seq, 7, nominals);
    java.util.Arrays.fill(plan.fires().kind, FireKind.BACKFILL.code(FireKind.MAX_BACKFILL));
    fires.commit(plan);
    assertTrue(fires.isCommitted(plan));
  }

  @Test
  void a_commit_with_a_skipped_run_stores_what_is_said_of_it_and_of_the_fires_beside_it()
      throws Exception {
    CommitPlan plan = fixture.step(1, 3, 1);
    plan.fires().kind[0] = FireKind.MANUAL.code(0);
    plan.fires().skipReason[2] = 2;
    plan.fires().skippedCount[2] = 17;
    plan.fires().lastNominalMicros[2] += 9;
    fires.commit(plan);
    assertEquals(3, fixture.fires());
    assertEquals(FireKind.MANUAL.code(0), fixture.value("select kind from fire where seq = 1"));
    assertEquals(
        1,
        fixture.value(
            "select count(*) from fire where seq = 2 and kind = 0 and skip_reason = 0 and"
                + " skipped_count = 0 and last_nominal = nominal_time"));
    assertEquals(
        1,
        fixture.value(
            "select count(*) from fire where seq = 3 and skip_reason = 2 and skipped_count = 17 and"
                + " last_nominal = nominal_time + 9"));
  }
}
