package io.carillon.simulation.store;

import io.carillon.master.core.CommitPlan;
import io.carillon.master.core.MasterCommand.OwnerChange;
import io.carillon.master.core.Mutation.Planned;
import io.carillon.master.core.Revision;
import io.carillon.master.core.delivery.Settlement;
import java.util.List;

/** Hears of every change in the order in which they become durable. */
public interface StoreListener {

  void leadTaken(long epoch);

  void committed(long leaderEpoch, CommitPlan plan);

  void ownersChanged(long leaderEpoch, List<OwnerChange> changes);

  void mutated(long leaderEpoch, List<Planned> planned);

  /** A fire was entered by hand. */
  void planted(Revision revision, int partition, long nominal);

  /** A watermark was set by hand. */
  void setBack(int partition, long to);

  void settled(long leaderEpoch, Settlement settlement);
}
