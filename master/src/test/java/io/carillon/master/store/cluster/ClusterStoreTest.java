package io.carillon.master.store.cluster;

import static io.carillon.master.store.sql.StoreFixture.SECOND;
import static io.carillon.master.store.sql.StoreFixture.closed;
import static io.carillon.master.store.sql.StoreFixture.creation;
import static io.carillon.master.store.sql.StoreFixture.group;
import static io.carillon.master.store.sql.StoreFixture.revision;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carillon.common.schedule.ScheduleSpec;
import io.carillon.master.core.CoreSettings;
import io.carillon.master.core.MasterCommand;
import io.carillon.master.core.MasterCommand.NodeRow;
import io.carillon.master.core.MasterCommand.SendSnapshot;
import io.carillon.master.core.MasterCore;
import io.carillon.master.core.MasterReport;
import io.carillon.master.core.Node.Candidate;
import io.carillon.master.core.Node.NodeReport;
import io.carillon.master.core.Node.Registration;
import io.carillon.master.core.NodeState;
import io.carillon.master.core.Revision;
import io.carillon.master.store.fires.FireStore;
import io.carillon.master.store.schedules.ScheduleStore;
import io.carillon.master.store.sql.Database;
import io.carillon.master.store.sql.DatabaseUnavailableException;
import io.carillon.master.store.sql.StoreFixture;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ClusterStoreTest {

  private final StoreFixture fixture = new StoreFixture();

  @AfterEach
  void close() {
    fixture.close();
  }

  private MasterCore load() {
    return fixture.cluster.load(
        CoreSettings.defaults(), text -> ScheduleSpec.parse(text).compile());
  }

  private MasterReport loaded() {
    return load().report(fixture.watermarks(1)[0]);
  }

  private static void deliver(MasterCore core) {
    for (MasterCommand command : core.drain()) {
      if (command instanceof MasterCommand.Answer<?> answer) {
        answer.deliver();
      }
    }
  }

  @Test
  void a_new_leader_finds_what_was_written() throws Exception {
    long watermark = fixture.watermarks(1)[0];
    ScheduleStore schedules = new ScheduleStore(fixture.database, fixture.epoch);
    schedules.write(
        List.of(
            creation(1, "open", 2, watermark),
            creation(2, "owing", 3, watermark),
            creation(3, "settled", 4, watermark - 9)));
    schedules.write(
        List.of(
            group(2, "owing", 3, 5, watermark + 5, closed(2, 3, watermark, watermark + 5, 5), null),
            group(3, "settled", 4, 6, watermark, closed(3, 4, watermark - 9, watermark, 6), null)));
    new FireStore(fixture.database, fixture.epoch).commit(fixture.step(1, 2, 1));
    fixture.database.core().execute("update partition_state set watermark = " + watermark);
    fixture.database.core().execute("update partition_state set applied_version = 4");
    fixture.cluster.writeNode(
        new NodeRow("a", 3, "x", NodeState.DEAD, 1, 100, "here", "1", "hash"), fixture.epoch);
    MasterReport report = loaded();
    assertEquals(2, report.logEnd());
    assertEquals(6, report.partitions().get(0).version());
    assertEquals(4, report.partitions().get(0).applied());
    assertEquals(2, report.schedules(), "the open one, and the deleted one that owes");
    assertEquals(3, report.nodes().get(0).node().incarnation());
    assertEquals(NodeState.DEAD, report.nodes().get(0).node().state());
  }

  @Test
  void a_schema_without_its_seed_rows_is_refused_with_a_clear_message() {
    for (String table : List.of("leader_epoch", "cluster_identity", "partition_state")) {
      try (StoreFixture damaged = new StoreFixture()) {
        damaged
            .database
            .core()
            .execute("delete from " + table + (table.startsWith("part") ? " where id = 3" : ""));
        DatabaseUnavailableException refused =
            assertThrows(DatabaseUnavailableException.class, damaged.cluster::identity);
        assertTrue(refused.getMessage().contains("the schema is damaged"), refused.getMessage());
      }
    }
  }

  @Test
  void an_existing_cluster_keeps_its_number_of_partitions() {
    try (Database again = Database.open(fixture.config, 99)) {
      assertEquals(4, new ClusterStore(again).identity().partitions());
    }
  }

  @Test
  void every_leader_has_an_epoch_of_its_own() {
    long next = StoreFixture.takeLead(fixture.database, "other");
    assertEquals(fixture.epoch + 1, next);
    assertThrows(
        RuntimeException.class,
        () ->
            fixture.cluster.writeNode(
                new NodeRow("a", 1, "x", NodeState.ACTIVE, 1, 1, "", "", ""), fixture.epoch));
    assertEquals(0, fixture.value("select count(*) from node"));
  }

  @Test
  void a_new_leader_finds_a_pause_with_an_end_and_not_one_that_never_began() throws Exception {
    long watermark = fixture.watermarks(1)[0];
    long later = watermark + 100 * SECOND;
    ScheduleStore schedules = new ScheduleStore(fixture.database, fixture.epoch);
    schedules.write(
        List.of(
            creation(1, "pausing", 2, watermark),
            group(2, "early", 0, 3, watermark, null, revision(2, 3, later))));
    Revision pausing = closed(1, 2, watermark, watermark + 5, 4);
    Revision early = closed(2, 3, later, watermark + 6, 5);
    schedules.write(
        List.of(
            group(1, "pausing", 2, 4, watermark + 5, pausing, revision(1, 4, later)),
            group(2, "early", 3, 5, watermark + 6, early, revision(2, 5, watermark + 6))));
    MasterCore core = load();
    List<Registration> node = new ArrayList<>();
    core.register(new Candidate("a", "x", 0, 100, "", "", "hash"), 1, node::add, watermark);
    core.nodeWritten(
        new NodeRow("a", 1, "x", NodeState.REGISTERED, 1, 100, "", "", "hash"), watermark);
    deliver(core);
    core.heartbeat(node.get(0).session(), new NodeReport(false, 0, 0, 0, 0), watermark);
    core.tick(watermark + 500_000);
    core.tick(watermark + 1_000_000);
    core.assignmentEnded(watermark + 1_000_000);
    core.drain();
    core.watch(node.get(0).session(), 0, 1, watermark + 1_000_000);
    List<SendSnapshot> snapshots =
        core.drain().stream()
            .filter(SendSnapshot.class::isInstance)
            .map(SendSnapshot.class::cast)
            .toList();
    List<String> versions =
        snapshots.get(0).revisions().stream().map(r -> r.schedule() + "v" + r.version()).toList();
    assertEquals(List.of("1v2", "1v4", "2v5"), versions);
    assertEquals(later, snapshots.get(0).revisions().get(1).validFrom());
  }

  @Test
  void open_revisions_by_the_calendar_that_other_zone_rules_made_are_counted() {
    long watermark = fixture.watermarks(1)[0];
    new ScheduleStore(fixture.database, fixture.epoch)
        .write(
            List.of(
                creation(1, "a", 2, watermark),
                creation(2, "b", 3, watermark),
                creation(3, "c", 4, watermark),
                creation(4, "d", 5, watermark)));
    String mine = ScheduleSpec.tzdbVersion();
    assertEquals(0, fixture.cluster.revisionsUnderOtherZones(mine));
    assertEquals(0, fixture.cluster.revisionsUnderOtherZones("1970a"), "intervals have no zone");
    fixture.database.core().execute("update revision set spec = 'cron=UNIX:0 9 * * *;zone=UTC'");
    assertEquals(0, fixture.cluster.revisionsUnderOtherZones(mine));
    fixture
        .database
        .core()
        .execute("update revision set valid_to = valid_from where schedule_num = 1");
    assertEquals(3, fixture.cluster.revisionsUnderOtherZones("1970a"));
    fixture.database.core().execute("update revision set tzdb_version = '' where version = 3");
    assertEquals(2, fixture.cluster.revisionsUnderOtherZones("1970a"), "from before it was kept");
  }
}
