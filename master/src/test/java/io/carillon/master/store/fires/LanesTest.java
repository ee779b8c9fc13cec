package io.carillon.master.store.fires;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carillon.master.core.CommitPlan;
import io.carillon.master.core.MasterCommand.NodeRow;
import io.carillon.master.core.MasterCommand.OwnerChange;
import io.carillon.master.core.Mutation.PlannedGroup;
import io.carillon.master.core.NodeState;
import io.carillon.master.instruments.Instruments;
import io.carillon.master.store.schedules.ScheduleStore;
import io.carillon.master.store.sql.StoreFixture;
import io.carillon.master.store.sql.StoreFixture.Heard;
import java.sql.Connection;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LanesTest {

  private final StoreFixture fixture = new StoreFixture();
  private final Heard heard = new Heard();
  private final Instruments instruments = new Instruments();
  private final Lanes lanes = new Lanes(fixture.database, fixture.epoch, instruments, heard);

  @AfterEach
  void close() {
    lanes.close();
    fixture.close();
  }

  private void hears(String what) {
    StoreFixture.await(what + " after " + heard.all, () -> heard.all.contains(what));
  }

  /** Runs a write while the leader epoch row is locked, and ends its connection as it waits. */
  private void loseTheConnectionDuring(Runnable write) throws Exception {
    try (Connection test = fixture.connect();
        Statement statement = test.createStatement()) {
      test.setAutoCommit(false);
      statement.execute("select * from leader_epoch for update");
      write.run();
      try (Connection other = fixture.connect()) {
        StoreFixture.await(
            "the write waits",
            () -> {
              try {
                return fixture.terminateWaiting(other) > 0;
              } catch (java.sql.SQLException e) {
                throw new AssertionError(e);
              }
            });
      }
      hears("away");
      test.rollback();
    }
  }

  @Test
  void a_commit_whose_connection_broke_ends_in_exactly_one_row() throws Exception {
    new FireStore(fixture.database, fixture.epoch).commit(fixture.step(1, 1, 1));
    CommitPlan plan = fixture.step(2, 1, 2);
    loseTheConnectionDuring(() -> lanes.commit(plan));
    hears("committed later");
    assertEquals(2, fixture.fires());
    assertEquals(List.of("away", "available", "committed later"), heard.all);
  }

  @Test
  void what_becomes_durable_is_measured_with_its_size() {
    lanes.commit(fixture.step(3, 2, 1));
    lanes.mutate(List.of(StoreFixture.creation(7, "seven", 2, 1_000)));
    hears("committed");
    hears("mutated [null]");
    measures("carillon_commit_size_count{lane=\"fires\"}", 1);
    measures("carillon_commit_size_sum{lane=\"fires\"}", fixture.fires());
    measures("carillon_commit_duration_seconds_count{lane=\"fires\"}", 1);
    measures("carillon_commit_size_sum{lane=\"schedules\"}", 1);
    measures("carillon_lane_store_calls_total{lane=\"schedules\",outcome=\"committed\"}", 1);
    assertTrue(
        instruments.numbers().get("carillon_commit_duration_micros_sum{lane=\"fires\"}") > 0);
  }

  @Test
  void what_waits_for_a_lane_is_counted_until_it_ends_or_is_given_up() throws Exception {
    try (Connection test = fixture.connect();
        Statement statement = test.createStatement()) {
      test.setAutoCommit(false);
      statement.execute("select * from leader_epoch for update");
      lanes.commit(fixture.step(2, 1, 1));
      lanes.commit(fixture.step(2, 1, 2));
      measures("carillon_lane_tasks{lane=\"fires\"}", 2);
      lanes.close();
      test.rollback();
    }
    measures("carillon_lane_tasks{lane=\"fires\"}", 0);
  }

  private void measures(String name, long value) {
    StoreFixture.await(
        name + " in " + instruments.numbers(),
        () -> instruments.numbers().getOrDefault(name, 0L) == value);
  }

  @Test
  void a_commit_that_happened_unheard_is_found_and_not_repeated() throws Exception {
    CommitPlan plan = fixture.step(2, 2, 1);
    new FireStore(fixture.database, fixture.epoch).commit(plan);
    lanes.commit(plan);
    hears("committed");
    assertEquals(2, fixture.fires());
  }

  @Test
  void a_mutation_whose_connection_broke_is_written_once() throws Exception {
    loseTheConnectionDuring(
        () -> lanes.mutate(List.of(StoreFixture.creation(7, "seven", 2, 1_000))));
    hears("mutated [null]");
    assertEquals(1, fixture.value("select count(*) from schedule"));
    assertEquals(1, fixture.value("select count(*) from revision"));
  }

  private void hearsOnly(String beginning) {
    StoreFixture.await(beginning, () -> !heard.all.isEmpty());
    assertTrue(heard.all.get(0).startsWith(beginning), heard.all.toString());
    assertEquals(1, heard.all.size(), heard.all.toString());
  }

  @Test
  void a_watermark_that_was_changed_by_hand_is_the_fault_of_its_partition_alone() {
    CommitPlan plan = fixture.step(3, 1, 1);
    long was = plan.watermarks()[2];
    fixture
        .database
        .core()
        .execute("update partition_state set watermark = watermark - 5 where id = 2");
    lanes.commit(plan);
    hearsOnly(
        "commit refused {2=partition_state has epoch 0 and watermark "
            + (was - 5)
            + " for id 2, where this leader wrote epoch 0 and watermark "
            + was
            + "}");
    assertEquals(0, fixture.fires());
  }

  @Test
  void a_row_in_the_way_is_named_by_its_key() {
    lanes.mutate(List.of(StoreFixture.creation(7, "seven", 2, 1_000)));
    hears("mutated [null]");
    heard.all.clear();
    CommitPlan plan = fixture.step(3, 2, 1);
    long second = plan.fires().nominalMicros[1];
    new LogPartitions(fixture.database).ensureFor(plan.fires().nominalMicros);
    fixture
        .database
        .core()
        .execute(
            "insert into fire values (" + second + ", 7, 99, 1000000, 1, 0, 0, 0, 1, 0, 0, 0)");
    lanes.commit(plan);
    hearsOnly(
        "commit refused {0=fire has the row nominal_time = "
            + second
            + ", schedule_num = 7, kind = 0 ("
            + io.carillon.common.time.Micros.format(second)
            + " of tenants/default/schedules/seven) already, with seq 99, recorded at"
            + " 1970-01-01T00:00:01Z}");
    assertEquals(1, fixture.fires());
  }

  @Test
  void a_day_of_the_log_that_was_taken_away_is_made_anew() throws Exception {
    new FireStore(fixture.database, fixture.epoch).commit(fixture.step(1, 1, 1));
    lanes.commit(fixture.step(1, 1, 2));
    hears("committed");
    heard.all.clear();
    fixture
        .database
        .core()
        .fetch(
            "select inhrelid::regclass::text from pg_inherits where inhparent = 'fire'::regclass")
        .forEach(day -> fixture.database.core().execute("drop table " + day.get(0)));
    lanes.commit(fixture.step(1, 1, 3));
    hearsOnly("committed");
    assertEquals(1, fixture.fires());
  }

  @Test
  void a_commit_that_postgresql_cannot_do_at_all_ends_the_leadership() {
    CommitPlan plan = fixture.step(2, 1, 1);
    fixture.database.core().execute("alter function move_watermarks rename to moved");
    lanes.commit(plan);
    hearsOnly("broken ");
    assertTrue(heard.all.get(0).contains("move_watermarks"), heard.all.toString());
  }

  private static NodeRow node(String location) {
    return new NodeRow("a", 1, "first", NodeState.REGISTERED, 5, 100, location, "1", "hash");
  }

  @Test
  void a_node_that_cannot_be_stored_is_refused_and_holds_up_nothing() {
    lanes.writeNode(node("here\0"));
    lanes.writeNode(node("here"));
    lanes.mutate(List.of(StoreFixture.creation(7, "seven", 2, 1_000)));
    hears("mutated [null]");
    assertTrue(
        heard.all.get(0).startsWith("node refused ") && heard.all.get(0).contains("22021"),
        heard.all.toString());
    assertEquals(List.of("node written", "mutated [null]"), heard.all.subList(1, 3));
  }

  @Test
  void of_many_mutations_the_one_with_a_value_that_cannot_be_stored_is_refused() {
    lanes.mutate(
        List.of(
            StoreFixture.creation(1, "one", 2, 1_000),
            StoreFixture.creation(2, "tw\0o", 3, 1_000),
            StoreFixture.creation(3, "x".repeat(101), 4, 1_000)));
    StoreFixture.await("an end", () -> !heard.all.isEmpty());
    String end = heard.all.get(0);
    assertTrue(end.startsWith("mutated [null, INVALID_VALUE "), end);
    assertTrue(end.contains("22021") && end.contains("22001"), end);
    assertEquals(1, fixture.value("select count(*) from schedule"));
  }

  @Test
  void an_error_on_a_lane_is_told_and_the_lane_does_not_stand_still_in_silence() {
    lanes.mutate(
        new java.util.AbstractList<>() {
          @Override
          public PlannedGroup get(int index) {
            throw new NoClassDefFoundError("injected");
          }

          @Override
          public int size() {
            return 1;
          }
        });
    hearsOnly("broken java.lang.NoClassDefFoundError: injected");
    CommitPlan broken =
        new CommitPlan(null, null, null, null, null, null, 0, null, null, null, null);
    lanes.commit(broken);
    StoreFixture.await(
        "broken",
        () -> heard.all.stream().anyMatch(s -> s.startsWith("broken java.lang.NullPointer")));
  }

  @Test
  void a_lane_that_waits_for_a_lock_stands_still_and_the_other_does_not() throws Exception {
    assertEquals(null, lanes.standsStill(0));
    try (Connection test = fixture.connect();
        Statement statement = test.createStatement()) {
      test.setAutoCommit(false);
      statement.execute("lock table node in access exclusive mode");
      lanes.writeNode(node("here"));
      StoreFixture.await(
          "standstill", () -> "carillon-schedule-lane".equals(lanes.standsStill(100_000)));
      lanes.commit(fixture.step(1, 1, 1));
      hears("committed");
      test.rollback();
    }
    hears("node written");
    StoreFixture.await("no standstill", () -> lanes.standsStill(0) == null);
  }

  @Test
  void a_deposed_leader_stops() {
    StoreFixture.takeLead(fixture.database, "other");
    lanes.mutate(List.of(StoreFixture.creation(7, "seven", 2, 1_000)));
    StoreFixture.await("fatal", () -> heard.all.stream().anyMatch(s -> s.startsWith("fatal")));
    assertTrue(heard.all.get(0).contains("leader epoch 1 is over"), heard.all.toString());
    assertEquals(0, fixture.value("select count(*) from schedule"));
  }

  @Test
  void one_rejected_group_among_many_is_isolated() {
    lanes.mutate(List.of(StoreFixture.creation(1, "taken", 2, 1_000)));
    hears("mutated [null]");
    lanes.mutate(
        List.of(
            StoreFixture.creation(2, "two", 3, 1_000),
            StoreFixture.creation(3, "taken", 4, 1_000),
            StoreFixture.creation(4, "four", 5, 1_000)));
    hears("mutated [null, SCHEDULE_EXISTS, null]");
    assertEquals(3, fixture.value("select count(*) from schedule"));
    assertEquals(0, fixture.value("select count(*) from revision where schedule_num = 3"));
  }

  @Test
  void of_many_creations_those_are_refused_that_meet_what_was_stored_before() {
    lanes.mutate(
        List.of(
            StoreFixture.creation(1, "one", 2, "first", 1),
            StoreFixture.creation(2, "two", 3, "", 1)));
    hears("mutated [null, null]");
    lanes.mutate(
        List.of(
            StoreFixture.creation(3, "three", 4, "third", 1),
            StoreFixture.creation(4, "four", 5, "first", 1),
            StoreFixture.creation(5, "two", 6, "fifth", 1),
            StoreFixture.creation(6, "six", 7, "", 1)));
    hears("mutated [null, REQUEST_ID_REUSED, SCHEDULE_EXISTS, null]");
    assertEquals(4, fixture.value("select count(*) from schedule"));
    assertEquals(4, fixture.value("select count(*) from revision"));
    assertEquals(2, fixture.value("select count(*) from create_request"));
  }

  @Test
  void of_two_creations_of_one_write_with_one_name_or_request_id_the_first_is_done() {
    lanes.mutate(
        List.of(
            StoreFixture.creation(1, "twice", 2, "", 1),
            StoreFixture.creation(2, "twice", 3, "", 1),
            StoreFixture.creation(3, "three", 4, "same", 1),
            StoreFixture.creation(4, "four", 5, "same", 1)));
    hears("mutated [null, SCHEDULE_EXISTS, null, REQUEST_ID_REUSED]");
    assertEquals(2, fixture.value("select count(*) from schedule"));
    assertEquals(2, fixture.value("select count(*) from revision"));
  }

  @Test
  void a_request_id_is_not_used_up_by_a_creation_of_the_same_write_that_is_refused() {
    lanes.mutate(List.of(StoreFixture.creation(1, "taken", 2, "", 1)));
    hears("mutated [null]");
    lanes.mutate(
        List.of(
            StoreFixture.creation(2, "taken", 3, "same", 1),
            StoreFixture.creation(3, "free", 4, "same", 1)));
    hears("mutated [SCHEDULE_EXISTS, null]");
    assertEquals(
        3, fixture.value("select schedule_num from create_request where request_id = 'same'"));
  }

  @Test
  void a_destination_that_is_gone_refuses_only_what_points_to_it() {
    fixture.database.core().execute("update destination set delete_time = 1 where num = 1");
    fixture
        .database
        .core()
        .execute(
            "insert into destination (num, tenant_id, id, display_name, kind, ack_timeout,"
                + " max_attempts, version, create_time, update_time)"
                + " values (2, 'default', 'other', '', 1, 30000000, 100, 1, 0, 0)");
    lanes.mutate(
        List.of(
            StoreFixture.creation(1, "one", 2, "r1", 1),
            StoreFixture.creation(2, "two", 3, "r2", 2)));
    hears("mutated [DESTINATION_NOT_FOUND, null]");
    assertEquals(1, fixture.value("select count(*) from schedule"));
    assertEquals(1, fixture.value("select count(*) from create_request"));
  }

  @Test
  void a_creation_that_happened_unheard_is_found_and_not_refused_for_its_own_sake()
      throws Exception {
    List<PlannedGroup> groups =
        List.of(
            StoreFixture.creation(7, "seven", 2, "r7", 1),
            StoreFixture.creation(8, "eight", 3, "r8", 1));
    new ScheduleStore(fixture.database, fixture.epoch).write(groups);
    loseTheConnectionDuring(() -> lanes.mutate(groups));
    hears("mutated [null, null]");
    assertEquals(2, fixture.value("select count(*) from schedule"));
  }

  @Test
  void a_schedule_of_no_tenant_is_refused() {
    fixture.database.core().execute("alter table tenant disable trigger all");
    fixture.database.core().execute("delete from tenant");
    lanes.mutate(List.of(StoreFixture.creation(1, "one", 2, "r1", 1)));
    StoreFixture.await("refused", () -> !heard.all.isEmpty());
    assertTrue(heard.all.get(0).contains("CONSTRAINT schedule_tenant"), heard.all.toString());
    assertEquals(0, fixture.value("select count(*) from schedule"));
  }

  @Test
  void a_change_of_owners_may_be_repeated() {
    List<OwnerChange> changes =
        List.of(new OwnerChange(0, 0, "a", "test"), new OwnerChange(2, 0, null, "test"));
    lanes.changeOwners(changes);
    lanes.changeOwners(changes);
    StoreFixture.await("two ends", () -> heard.all.size() == 2);
    assertEquals(List.of("owners changed", "owners changed"), heard.all);
    assertEquals(2, fixture.value("select sum(epoch) from partition_state"));
    assertEquals(1, fixture.value("select count(*) from partition_state where node_id = 'a'"));
  }

  @Test
  void a_change_of_owners_from_another_epoch_is_refused_for_that_partition() {
    lanes.changeOwners(
        List.of(new OwnerChange(0, 5, "a", "test"), new OwnerChange(1, 0, "a", "test")));
    hearsOnly("owners refused {0=partition_state has epoch 0 for id 0, where this leader wrote 5}");
    assertEquals(0, fixture.value("select sum(epoch) from partition_state"));
  }
}
