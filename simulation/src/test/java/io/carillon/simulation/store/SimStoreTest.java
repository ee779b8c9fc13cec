package io.carillon.simulation.store;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.carillon.common.schedule.SpecInterner;
import io.carillon.master.core.CommitPlan;
import io.carillon.master.core.CoreSettings;
import io.carillon.master.core.MasterCommand.NodeRow;
import io.carillon.master.core.MasterCommand.OwnerChange;
import io.carillon.master.core.MasterCore;
import io.carillon.master.core.Mutation;
import io.carillon.master.core.Mutation.Planned;
import io.carillon.master.core.Mutation.PlannedGroup;
import io.carillon.master.core.Revision;
import io.carillon.master.core.ScheduleState;
import io.carillon.master.core.StoredSchedule;
import io.carillon.master.core.delivery.Fires;
import io.carillon.master.core.delivery.LogRead;
import io.carillon.master.core.delivery.ParkedPage;
import io.carillon.master.core.delivery.ParkedRead;
import io.carillon.master.core.delivery.Progress;
import io.carillon.master.core.delivery.Settlement;
import io.carillon.master.core.write.WriteTries.Ending;
import io.carillon.master.election.Lease;
import java.util.HashSet;
import java.util.List;
import java.util.function.Function;

/** The contract, on the simulated store. */
class SimStoreTest extends StoreContract {

  @Override
  ContractStore open() {
    return new Simulated();
  }

  private static final class Simulated implements ContractStore {
    private static final long BEGIN = 1_800_000_000_000_000L;

    private final SpecInterner specs = new SpecInterner();
    private final SimStore store = new SimStore(4, BEGIN, new Deaf());

    private Ending run(Function<Runnable, Transaction> opening) {
      Transaction transaction = opening.apply(() -> {});
      if (transaction.state() == Transaction.State.READY) {
        store.commit(transaction);
      }
      return transaction.ending();
    }

    private Later later(Function<Runnable, Transaction> opening) {
      Transaction[] begun = new Transaction[1];
      boolean[] ready = new boolean[1];
      begun[0] = opening.apply(() -> ready[0] = true);
      return new Later() {
        @Override
        public void awaitBlocked() {
          assertEquals(Transaction.State.WAITING, begun[0].state());
        }

        @Override
        public boolean isDone() {
          return ready[0];
        }

        @Override
        public Ending get() {
          if (begun[0].state() == Transaction.State.READY) {
            store.commit(begun[0]);
          }
          return begun[0].ending();
        }
      };
    }

    @Override
    public Lease lease() {
      return store.lease();
    }

    private static Lease next(Lease seen, String instance) {
      return new Lease(seen.epoch() + 1, seen.renewals() + 1, 5, instance, instance, "a", "n");
    }

    @Override
    public Ending takeLead(Lease seen, boolean certain, String instance) {
      return run(ready -> store.takeLead(seen, certain, next(seen, instance), ready));
    }

    @Override
    public Later takeLeadLater(Lease seen, String instance) {
      return later(ready -> store.takeLead(seen, true, next(seen, instance), ready));
    }

    @Override
    public Ending renew(long epoch, long clusterTime) {
      return run(ready -> store.renew(epoch, clusterTime, ready));
    }

    @Override
    public Ending commit(long epoch, CommitPlan plan) {
      return run(ready -> store.commitFires(epoch, plan, ready));
    }

    @Override
    public Later commitLater(long epoch, CommitPlan plan) {
      return later(ready -> store.commitFires(epoch, plan, ready));
    }

    @Override
    public InFlight begin(long epoch, CommitPlan plan) {
      Transaction transaction = store.commitFires(epoch, plan, () -> {});
      assertEquals(Transaction.State.READY, transaction.state());
      return new InFlight() {
        @Override
        public void commit() {
          store.commit(transaction);
        }

        @Override
        public void rollBack() {
          store.abort(transaction);
        }
      };
    }

    @Override
    public boolean isCommitted(CommitPlan plan) {
      return store.isCommitted(plan);
    }

    @Override
    public Ending changeOwners(long epoch, List<OwnerChange> changes) {
      return run(ready -> store.changeOwners(epoch, changes, ready));
    }

    @Override
    public Ending writeNode(long epoch, NodeRow row) {
      return run(ready -> store.writeNode(epoch, row, ready));
    }

    @Override
    public PlannedGroup mutation(
        long num, String name, String requestId, long expected, Revision closed, Revision opened) {
      StoredSchedule before =
          StoredSchedule.draft("", name, null).numbered(num, 0, name).at(expected, 0, 0);
      StoredSchedule after = opened == null ? before.withState(ScheduleState.DELETED) : before;
      Mutation mutation = new Mutation(after, null, false, requestId, new byte[0]);
      long version = opened == null ? closed.closedBy() : opened.version();
      return new PlannedGroup(
          new Mutation.Group(List.of(mutation), result -> {}),
          List.of(new Planned(mutation, version, BEGIN, closed, opened)));
    }

    @Override
    public Ending mutate(long epoch, List<PlannedGroup> groups) {
      return run(ready -> store.mutate(epoch, groups, new HashSet<>(), ready));
    }

    @Override
    public boolean isWritten(PlannedGroup group) {
      return store.isWritten(group);
    }

    @Override
    public Ending settle(long epoch, List<Settlement> settlements) {
      return run(ready -> store.settle(epoch, settlements, ready));
    }

    @Override
    public long cursor(int destination) {
      return store.delivery().cursor(destination);
    }

    @Override
    public Progress progress(int destination) {
      return store.delivery().progress(destination);
    }

    @Override
    public Fires read(int destination, LogRead read) {
      return store.delivery().read(destination, read).fires();
    }

    @Override
    public Parked read(int destination, ParkedRead read) {
      ParkedPage page = store.delivery().read(destination, read);
      return new Parked(page.fires(), page.nextMicros());
    }

    @Override
    public String lastError(int destination, long seq) {
      return store.delivery().parked(destination, seq).lastError();
    }

    @Override
    public MasterCore load() {
      return store.load(CoreSettings.defaults(), specs::intern);
    }

    @Override
    public void close() {}
  }

  /** Nobody is interested. */
  private static final class Deaf implements StoreListener {
    @Override
    public void leadTaken(long epoch) {}

    @Override
    public void committed(long leaderEpoch, CommitPlan plan) {}

    @Override
    public void ownersChanged(long leaderEpoch, List<OwnerChange> changes) {}

    @Override
    public void mutated(long leaderEpoch, List<Planned> planned) {}

    @Override
    public void planted(io.carillon.master.core.Revision revision, int partition, long nominal) {}

    @Override
    public void setBack(int partition, long to) {}

    @Override
    public void settled(long leaderEpoch, Settlement settlement) {}
  }
}
