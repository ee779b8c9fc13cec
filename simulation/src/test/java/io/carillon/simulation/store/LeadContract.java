package io.carillon.simulation.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carillon.common.schedule.CatchUp;
import io.carillon.common.schedule.ScheduleSpec;
import io.carillon.master.core.CommitPlan;
import io.carillon.master.core.MasterCommand.NodeRow;
import io.carillon.master.core.MasterCommand.OwnerChange;
import io.carillon.master.core.MasterReport;
import io.carillon.master.core.Mutation.PlannedGroup;
import io.carillon.master.core.NodeState;
import io.carillon.master.core.Revision;
import io.carillon.master.core.Steps;
import io.carillon.master.core.delivery.Fires;
import io.carillon.master.core.delivery.LogRead;
import io.carillon.master.core.delivery.Progress;
import io.carillon.master.core.delivery.Settlement;
import io.carillon.master.core.write.WriteTries.Ending;
import io.carillon.master.election.Lease;
import java.time.ZoneId;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Of the contract of stores: who leads, and that nobody else writes. */
abstract class LeadContract {

  static final long SECOND = 1_000_000;
  static final ScheduleSpec SPEC =
      ScheduleSpec.of(new ScheduleSpec.IntervalRule(SECOND, 0), ZoneId.of("UTC"));
  ContractStore store;
  long epoch;

  /** A new store. */
  abstract ContractStore open() throws Exception;

  @BeforeEach
  void begin() throws Exception {
    store = open();
    assertEquals(Ending.COMMITTED, store.takeLead(store.lease(), false, "first"));
    epoch = store.lease().epoch();
  }

  @AfterEach
  void end() {
    store.close();
  }

  MasterReport report() {
    return store.load().report(0);
  }

  long watermark(int partition) {
    return report().partitions().get(partition).watermark();
  }

  long[] watermarks(int partitions) {
    long[] all = new long[partitions];
    MasterReport report = report();
    for (int p = 0; p < partitions; p++) {
      all[p] = report.partitions().get(p).watermark();
    }
    return all;
  }

  /** Moves the first partitions by some seconds, with a fire for each second. */
  CommitPlan step(int partitions, int seconds, long firstSeq) {
    long[] from = watermarks(partitions);
    long[] nominals = new long[seconds];
    for (int i = 0; i < seconds; i++) {
      nominals[i] = from[0] + (i + 1) * SECOND;
    }
    return Steps.step(0, from, from[0] + seconds * SECOND, firstSeq, 7, nominals);
  }

  Fires log() {
    return store.read(1, new LogRead(0, 1_000, 1_000));
  }

  static Revision revision(long num, long version, long from, long to, long by) {
    return new Revision(
        num,
        version,
        from,
        to,
        by,
        SPEC.canonical(),
        SPEC.compile(),
        CatchUp.all(3600 * SECOND),
        1,
        Long.MIN_VALUE);
  }

  static Revision revision(long num, long version) {
    return revision(num, version, 1_000 * version, Revision.OPEN, 0);
  }

  PlannedGroup creation(long num, String name) {
    return store.mutation(num, name, "", 0, null, revision(num, 2));
  }

  // The lead.

  static NodeRow node(long incarnation, NodeState state) {
    return new NodeRow("n", incarnation, "start", state, 5, 100, "here", "1", "hash");
  }

  @Test
  void the_lead_is_taken_by_who_saw_the_lease_as_it_is() {
    Lease seen = store.lease();
    assertEquals("first", seen.instance());
    assertEquals(Ending.COMMITTED, store.takeLead(seen, false, "second"));
    assertEquals(Ending.MISMATCH, store.takeLead(seen, false, "third"));
    assertEquals(Ending.MISMATCH, store.takeLead(seen, true, "third"));
    Lease now = store.lease();
    assertEquals("second", now.instance());
    assertEquals(seen.epoch() + 1, now.epoch());
    assertTrue(now.renewals() > seen.renewals(), "renewals never fall");
  }

  @Test
  void a_renewal_keeps_others_from_the_lead_unless_they_know_better() {
    Lease seen = store.lease();
    assertEquals(Ending.COMMITTED, store.renew(epoch, 77));
    assertEquals(77, store.lease().clusterTime());
    assertEquals(Ending.MISMATCH, store.takeLead(seen, false, "second"));
    assertEquals(Ending.COMMITTED, store.takeLead(seen, true, "second"));
    assertEquals(Ending.STALE_EPOCH, store.renew(epoch, 78));
  }

  @Test
  void nothing_of_a_deposed_leader_is_written() {
    CommitPlan plan = step(2, 1, 1);
    PlannedGroup creation = creation(7, "seven");
    assertEquals(Ending.COMMITTED, store.takeLead(store.lease(), true, "second"));
    assertEquals(Ending.STALE_EPOCH, store.commit(epoch, plan));
    assertEquals(
        Ending.STALE_EPOCH, store.changeOwners(epoch, List.of(new OwnerChange(0, 0, "a", "test"))));
    assertEquals(Ending.STALE_EPOCH, store.writeNode(epoch, node(1, NodeState.ACTIVE)));
    assertEquals(Ending.STALE_EPOCH, store.mutate(epoch, List.of(creation)));
    assertEquals(
        Ending.STALE_EPOCH,
        store.settle(epoch, List.of(new Settlement(1, 5, Progress.NONE, List.of(), List.of()))));
    assertEquals(0, log().size());
    assertEquals(plan.watermarks()[0], watermark(0));
    assertEquals(0, report().schedules());
    assertEquals(0, report().nodes().size());
    assertEquals(0, store.cursor(1));
    assertNull(report().partitions().get(0).owner());
  }
}
