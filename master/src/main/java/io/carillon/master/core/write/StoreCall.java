package io.carillon.master.core.write;

import io.carillon.master.core.CommitPlan;
import io.carillon.master.core.MasterCommand.NodeRow;
import io.carillon.master.core.MasterCommand.OwnerChange;
import io.carillon.master.core.Mutation.PlannedGroup;
import java.util.List;

/** One call of the store that a lane makes. All writes are fenced by the leader epoch. */
public sealed interface StoreCall {

  /** Makes each of them: who is to make them all does not compile without one. */
  interface Handler<R> {
    R on(Commit call);

    R on(IsCommitted call);

    R on(FindFaults call);

    R on(ChangeOwners call);

    R on(WriteNode call);

    R on(Mutate call);

    R on(IsWritten call);
  }

  <R> R accept(Handler<R> handler);

  /** Write a commit of the fire path. */
  record Commit(CommitPlan plan) implements StoreCall {
    @Override
    public <R> R accept(Handler<R> handler) {
      return handler.on(this);
    }
  }

  /** Read whether a commit is there: COMMITTED, or REJECTED if it is not. */
  record IsCommitted(CommitPlan plan) implements StoreCall {
    @Override
    public <R> R accept(Handler<R> handler) {
      return handler.on(this);
    }
  }

  /** Find which partitions of a refused commit are refused by themselves: COMMITTED, with them. */
  record FindFaults(CommitPlan plan) implements StoreCall {
    @Override
    public <R> R accept(Handler<R> handler) {
      return handler.on(this);
    }
  }

  /** Write who owns partitions; what is there already is left. */
  record ChangeOwners(List<OwnerChange> changes) implements StoreCall {
    @Override
    public <R> R accept(Handler<R> handler) {
      return handler.on(this);
    }
  }

  /** Write a node. */
  record WriteNode(NodeRow row) implements StoreCall {
    @Override
    public <R> R accept(Handler<R> handler) {
      return handler.on(this);
    }
  }

  /** Write mutations, all or none. */
  record Mutate(List<PlannedGroup> groups) implements StoreCall {
    @Override
    public <R> R accept(Handler<R> handler) {
      return handler.on(this);
    }
  }

  /** Read whether a write of mutations is there that begins with this group. */
  record IsWritten(PlannedGroup first) implements StoreCall {
    @Override
    public <R> R accept(Handler<R> handler) {
      return handler.on(this);
    }
  }
}
