package io.carillon.simulation.fault;

import io.carillon.common.schedule.Occurrences;
import io.carillon.master.core.Revision;
import io.carillon.simulation.cluster.SimMaster;
import io.carillon.simulation.cluster.World;
import io.carillon.simulation.store.SimStore;

/** What is done to the tables by hand, and the operator who has it repaired afterwards. */
final class HandDamage {

  private static final long LOOK = 500_000;
  private static final long SOON = 4_000_000;

  private final World world;
  private boolean repairs;

  HandDamage(World world) {
    this.world = world;
  }

  private SimStore store() {
    return world.store.store();
  }

  /** Enters a fire that some schedule owes soon: of the target, or the next that has one. */
  void plantRow(Fault fault) {
    int partitions = store().fires().partitions();
    boolean planted = false;
    for (int i = 0; i < partitions && !planted; i++) {
      planted = plantRow(fault, (fault.target() + i) % partitions);
    }
  }

  private boolean plantRow(Fault fault, int partition) {
    for (Revision revision : store().schedules().open(partition)) {
      long ahead = 50_000L * (1 + fault.variant());
      Occurrences times = world.specs.intern(revision.spec());
      long nominal = times.nextAfter(Math.max(revision.validFrom(), world.queue.now() + ahead));
      if (nominal <= world.queue.now() + SOON) {
        world.checker.damaged(partition);
        store().byHand().plant(revision, partition, nominal);
        return true;
      }
    }
    return false;
  }

  /** Sets the watermark of a partition back. */
  void setBack(Fault fault) {
    int partition = fault.target() % store().fires().partitions();
    world.checker.damaged(partition);
    store().byHand().setBack(partition, 300_000L * (1 + fault.variant()));
  }

  /** From here on the operator looks, and has repaired what is set aside. */
  void repair() {
    if (!repairs) {
      repairs = true;
      look();
    }
  }

  private void look() {
    for (SimMaster master : world.masters) {
      if (master.leader() != null && master.leader().isServing() && !master.process().isPaused()) {
        master.leader().repairAll();
      }
    }
    world.queue.after(LOOK, "operator looks", this::look);
  }
}
