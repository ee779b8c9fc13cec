package io.carillon.master.core.write;

import io.carillon.master.core.CommitPlan;
import io.carillon.master.core.MasterCommand.NodeRow;
import io.carillon.master.core.MasterCommand.OwnerChange;
import io.carillon.master.core.Mutation.PlannedGroup;
import io.carillon.master.core.write.WriteTries.Ending;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;

/**
 * What follows on the outcomes of writes. What the store refuses for the sake of what is in it is
 * not tried again as it is: the one mutation is refused, the one registration, and of a commit the
 * core hears which partitions are at fault.
 */
public final class LaneWrites {

  /** A refused commit of which no part is refused by itself is tried again so often. */
  private static final int UNEXPLAINED_REFUSALS = 3;

  private final Outcomes outcomes;
  private final LaneWrite.Listener listener;

  public LaneWrites(Outcomes outcomes, LaneWrite.Listener listener) {
    this.outcomes = outcomes;
    this.listener = listener;
  }

  private LaneWrite write(StoreCall write, StoreCall check, LaneWrite.Then then) {
    return new LaneWrite(write, check, listener, then);
  }

  private LaneWrite over(StoreAnswer why) {
    listener.over(why);
    return null;
  }

  public LaneWrite commit(CommitPlan plan) {
    return commit(plan, 1);
  }

  private LaneWrite commit(CommitPlan plan, int time) {
    return write(
        new StoreCall.Commit(plan),
        new StoreCall.IsCommitted(plan),
        (done, attempts, last) -> {
          if (done) {
            outcomes.committed(attempts);
            return null;
          }
          // Of no partition's making: another leader may do better, on another machine or schema.
          return last.ending() == Ending.UNWRITABLE ? over(last) : findFaults(plan, last, time);
        });
  }

  private LaneWrite findFaults(CommitPlan plan, StoreAnswer refusal, int time) {
    return write(
        new StoreCall.FindFaults(plan),
        null,
        (done, attempts, found) -> {
          if (!found.partitions().isEmpty()) {
            outcomes.commitRefused(found.partitions());
            return null;
          }
          // What it was refused for is gone already, perhaps.
          return time < UNEXPLAINED_REFUSALS ? commit(plan, time + 1) : over(refusal);
        });
  }

  public LaneWrite changeOwners(List<OwnerChange> changes) {
    return write(
        new StoreCall.ChangeOwners(changes),
        null,
        (done, attempts, last) -> {
          if (!done && last.partitions().isEmpty()) {
            return over(last);
          }
          if (done) {
            outcomes.ownersChanged();
          } else {
            outcomes.ownersRefused(last.partitions());
          }
          return null;
        });
  }

  public LaneWrite writeNode(NodeRow row) {
    return write(
        new StoreCall.WriteNode(row),
        null,
        (done, attempts, last) -> {
          if (done) {
            outcomes.nodeWritten(row);
          } else {
            outcomes.nodeRefused(row, last.reason());
          }
          return null;
        });
  }

  public LaneWrite mutate(List<PlannedGroup> groups) {
    return new Mutations(groups).next();
  }

  /**
   * A write that the store may refuse for the sake of some groups: then the others are written
   * without them, or each by itself if it is not known which.
   */
  private final class Mutations {
    private final List<PlannedGroup> groups;
    private final ArrayDeque<List<PlannedGroup>> left = new ArrayDeque<>();
    private final IdentityHashMap<PlannedGroup, String> rejected = new IdentityHashMap<>();

    Mutations(List<PlannedGroup> groups) {
      this.groups = groups;
      left.add(groups);
    }

    LaneWrite next() {
      List<PlannedGroup> some = left.poll();
      if (some != null) {
        return write(
            new StoreCall.Mutate(some),
            new StoreCall.IsWritten(some.get(0)),
            (done, attempts, last) -> ended(some, done, last));
      }
      List<String> all = new ArrayList<>();
      groups.forEach(group -> all.add(rejected.get(group)));
      outcomes.mutated(all);
      return null;
    }

    private LaneWrite ended(List<PlannedGroup> some, boolean done, StoreAnswer last) {
      if (!done && (some.size() == 1 || !last.groups().isEmpty())) {
        List<PlannedGroup> others = new ArrayList<>();
        for (PlannedGroup group : some) {
          if (some.size() == 1 || last.groups().contains(group)) {
            rejected.put(group, last.reason());
          } else {
            others.add(group);
          }
        }
        if (!others.isEmpty()) {
          left.addFirst(others);
        }
      } else if (!done) {
        some.forEach(group -> left.add(List.of(group)));
      }
      return next();
    }
  }
}
