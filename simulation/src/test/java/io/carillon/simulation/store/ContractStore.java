package io.carillon.simulation.store;

import io.carillon.master.core.CommitPlan;
import io.carillon.master.core.MasterCommand.NodeRow;
import io.carillon.master.core.MasterCommand.OwnerChange;
import io.carillon.master.core.MasterCore;
import io.carillon.master.core.Mutation.PlannedGroup;
import io.carillon.master.core.Revision;
import io.carillon.master.core.delivery.Fires;
import io.carillon.master.core.delivery.LogRead;
import io.carillon.master.core.delivery.ParkedRead;
import io.carillon.master.core.delivery.Progress;
import io.carillon.master.core.delivery.Settlement;
import io.carillon.master.core.write.WriteTries.Ending;
import io.carillon.master.election.Lease;
import java.util.List;

/** What masters ask of their store, whichever it is. A new one has 4 partitions, and no leader. */
public interface ContractStore extends AutoCloseable {

  /** Something that goes on while the test looks. */
  interface Later {
    /** Returns once it waits for a lock. */
    void awaitBlocked();

    boolean isDone();

    Ending get();
  }

  /** A statement that has done its work, and has not ended. */
  interface InFlight {
    void commit();

    void rollBack();
  }

  /** Parked fires, and when each is to be tried again. */
  record Parked(Fires fires, long[] next) {}

  Lease lease();

  /** Takes the lead under the next epoch. */
  Ending takeLead(Lease seen, boolean certain, String instance);

  Later takeLeadLater(Lease seen, String instance);

  Ending renew(long epoch, long clusterTime);

  Ending commit(long epoch, CommitPlan plan);

  Later commitLater(long epoch, CommitPlan plan);

  InFlight begin(long epoch, CommitPlan plan);

  boolean isCommitted(CommitPlan plan);

  Ending changeOwners(long epoch, List<OwnerChange> changes);

  Ending writeNode(long epoch, NodeRow row);

  /** A mutation; {@code opened} null: it deletes. */
  PlannedGroup mutation(
      long num, String name, String requestId, long expected, Revision closed, Revision opened);

  Ending mutate(long epoch, List<PlannedGroup> groups);

  boolean isWritten(PlannedGroup group);

  Ending settle(long epoch, List<Settlement> settlements);

  long cursor(int destination);

  Progress progress(int destination);

  Fires read(int destination, LogRead read);

  Parked read(int destination, ParkedRead read);

  /** What the row of a parked fire tells of its last attempt. */
  String lastError(int destination, long seq);

  MasterCore load();

  @Override
  void close();
}
