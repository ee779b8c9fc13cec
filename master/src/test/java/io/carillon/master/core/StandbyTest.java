package io.carillon.master.core;

import static io.carillon.master.core.CoreDriver.SECOND;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carillon.common.config.Records;
import io.carillon.common.ring.HashRing;
import io.carillon.common.ring.HashRing.Member;
import io.carillon.master.core.MasterCommand.Assigned;
import io.carillon.master.core.MasterCommand.RefuseWatch;
import io.carillon.master.core.MasterCommand.SendChange;
import io.carillon.master.core.MasterCommand.SendSnapshot;
import io.carillon.master.core.MasterReport.PartitionRow;
import java.util.List;
import org.junit.jupiter.api.Test;

class StandbyTest {

  private final CoreDriver driver =
      new CoreDriver(16, Records.with(CoreSettings.defaults(), "warmStandby", true));

  private PartitionRow row(int partition) {
    return driver.core.report(driver.now).partitions().get(partition);
  }

  private Assigned assigned(long session, int partition) {
    return driver.assignment(session).partitions().stream()
        .filter(one -> one.partition() == partition)
        .findFirst()
        .orElse(null);
  }

  /** Sessions of a, b and c, in order, which share the ring. */
  private long[] threeNodes() {
    long[] sessions = {driver.join("a"), driver.join("b"), driver.join("c")};
    driver.advance(SECOND);
    return sessions;
  }

  private static String[] ring(String... nodes) {
    return HashRing.place(List.of(nodes).stream().map(id -> new Member(id, 100)).toList(), 16);
  }

  @Test
  void each_partition_has_the_node_as_its_standby_that_gets_it_when_the_owner_is_lost() {
    long[] sessions = threeNodes();
    for (int p = 0; p < 16; p++) {
      assertNotEquals(row(p).owner(), row(p).standby());
    }
    List<Integer> ofC = driver.owned("c");
    String[] standbys = new String[16];
    ofC.forEach(p -> standbys[p] = row(p).standby());
    driver.breakStream(sessions[2]);
    driver.advance(SECOND);
    for (int p : ofC) {
      assertEquals(standbys[p], driver.store.owner[p]);
      assertEquals(ring("a", "b")[p], driver.store.owner[p]);
    }
  }

  @Test
  void without_the_setting_there_are_none() {
    CoreDriver plain = new CoreDriver(16);
    long a = plain.join("a");
    plain.join("b");
    plain.advance(SECOND);
    assertTrue(plain.assignment(a).partitions().stream().noneMatch(Assigned::standby));
    assertNull(plain.core.report(plain.now).partitions().get(0).standby());
  }

  @Test
  void a_single_node_is_nobodys_standby() {
    long a = driver.soleOwner();
    assertTrue(driver.assignment(a).partitions().stream().noneMatch(Assigned::standby));
  }

  @Test
  void a_standby_hears_of_every_change_and_goes_on_hearing_when_it_becomes_the_owner() {
    long[] sessions = threeNodes();
    String owner = driver.store.owner[0];
    String standby = row(0).standby();
    long watching = sessions[standby.charAt(0) - 'a'];
    assertTrue(assigned(watching, 0).standby());
    driver.core.watch(watching, 0, 1, driver.now);
    driver.settle();
    assertEquals(watching, driver.last(SendSnapshot.class).session());
    driver.create(1, CoreDriver.every(SECOND));
    assertEquals(watching, driver.last(SendChange.class).session());
    driver.breakStream(sessions[owner.charAt(0) - 'a']);
    driver.advance(SECOND);
    assertEquals(standby, driver.store.owner[0]);
    Assigned promoted = assigned(watching, 0);
    assertFalse(promoted.standby());
    assertEquals(2, promoted.epoch());
    assertEquals(driver.store.watermark[0], promoted.watermark());
    assertEquals(driver.store.applied[0], promoted.applied());
    driver.create(2, CoreDriver.every(SECOND));
    SendChange change = driver.last(SendChange.class);
    assertEquals(watching, change.session());
    assertEquals(1, change.epoch(), "under the name of the watch that it opened");
    assertNotEquals(standby, row(0).standby());
  }

  @Test
  void a_standby_that_is_not_connected_as_it_becomes_the_owner_has_to_open_a_snapshot() {
    long[] sessions = threeNodes();
    String owner = driver.store.owner[0];
    String standby = row(0).standby();
    long watching = sessions[standby.charAt(0) - 'a'];
    driver.core.watch(watching, 0, 1, driver.now);
    driver.breakStream(watching);
    long again = driver.register(standby, "first", 1).session();
    driver.begin(again);
    driver.breakStream(sessions[owner.charAt(0) - 'a']);
    driver.advance(SECOND);
    assertEquals(standby, driver.store.owner[0]);
    int before = driver.all(SendChange.class).size();
    driver.create(1, CoreDriver.every(SECOND));
    assertEquals(before, driver.all(SendChange.class).size(), "nobody watches yet");
    driver.core.watch(again, 0, 1, driver.now);
    driver.settle();
    assertEquals(new RefuseWatch(again, 0, 1), driver.last(RefuseWatch.class));
    assertEquals(2, driver.watch(again, 0).epoch());
  }

  @Test
  void what_a_standby_pushes_is_refused() {
    long[] sessions = threeNodes();
    long watching = sessions[row(0).standby().charAt(0) - 'a'];
    long watermark = driver.store.watermark[0];
    driver.push(watching, 1, driver.part(0));
    assertEquals(watermark, driver.store.watermark[0]);
    assertEquals(1, driver.counter(Counters.Counter.REFUSED_FOREIGN_PARTITION));
  }

  @Test
  void a_restart_of_the_owner_leaves_the_standby_as_it_is() {
    long[] sessions = threeNodes();
    String owner = driver.store.owner[0];
    String standby = row(0).standby();
    long watching = sessions[standby.charAt(0) - 'a'];
    driver.core.watch(watching, 0, 1, driver.now);
    driver.beating.remove(sessions[owner.charAt(0) - 'a']);
    driver.start(owner, "second");
    driver.advance(SECOND);
    assertEquals(2, driver.store.epoch[0]);
    assertEquals(standby, row(0).standby());
    driver.create(1, CoreDriver.every(SECOND));
    assertEquals(watching, driver.last(SendChange.class).session());
  }
}
