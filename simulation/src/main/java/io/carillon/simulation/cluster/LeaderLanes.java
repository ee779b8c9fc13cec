package io.carillon.simulation.cluster;

import io.carillon.master.core.CommitPlan;
import io.carillon.master.core.CoreInput;
import io.carillon.master.core.MasterCommand.NodeRow;
import io.carillon.master.core.MasterCommand.OwnerChange;
import io.carillon.master.core.Mutation.PlannedGroup;
import io.carillon.master.core.write.CoreOutcomes;
import io.carillon.master.core.write.LaneWrite;
import io.carillon.master.core.write.LaneWrites;
import io.carillon.master.core.write.StoreAnswer;
import io.carillon.master.core.write.StoreCall;
import io.carillon.master.core.write.WriteTries.Ending;
import io.carillon.simulation.store.SimStore;
import io.carillon.simulation.store.StoreServer.Opening;
import io.carillon.simulation.world.SimProcess;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** A leader's two lanes: the calls of the store that the writes of each want, one at a time. */
public class LeaderLanes {

  private final World world;
  private final SimProcess process;
  private final SimStore store;
  private final long epoch;
  private final BiConsumer<Ending, String> onOver;
  private final LaneWrites writes;
  private final Lane fireLane = new Lane();
  private final Lane scheduleLane = new Lane();
  private boolean stopped;

  /**
   * @param core hears of outcomes
   */
  public LeaderLanes(
      World world,
      SimProcess process,
      long epoch,
      Consumer<CoreInput> core,
      BiConsumer<Ending, String> onOver) {
    this.world = world;
    this.process = process;
    this.store = world.store.store();
    this.epoch = epoch;
    this.onOver = onOver;
    this.writes = new LaneWrites(new CoreOutcomes(core), new Troubles());
  }

  void stop() {
    stopped = true;
  }

  void commit(CommitPlan plan) {
    fireLane.add(writes.commit(plan));
  }

  void changeOwners(List<OwnerChange> changes) {
    fireLane.add(writes.changeOwners(changes));
  }

  void writeNode(NodeRow row) {
    scheduleLane.add(writes.writeNode(row));
  }

  void mutate(List<PlannedGroup> groups) {
    scheduleLane.add(writes.mutate(groups));
  }

  private final class Troubles implements LaneWrite.Listener {

    @Override
    public void available(boolean available, StoreAnswer last) {
      world.bites.count(available ? "store answers a lane again" : "store away for a lane");
    }

    @Override
    public void over(StoreAnswer why) {
      stopped = true;
      if (why.ending() != Ending.STALE_EPOCH) {
        world.checker.unexplained("a lane is over: " + why.reason());
      }
      onOver.accept(why.ending(), why.reason());
    }
  }

  /** The answer to a call, as the lane hears it. */
  protected StoreAnswer heard(StoreCall call, StoreAnswer answer) {
    return answer;
  }

  /** One write at a time. */
  private final class Lane {
    final ArrayDeque<LaneWrite> waiting = new ArrayDeque<>();
    LaneWrite now;

    void add(LaneWrite write) {
      waiting.add(write);
      if (now == null) {
        goOn(waiting.poll());
      }
    }

    private void goOn(LaneWrite write) {
      now = write;
      if (write == null) {
        return;
      }
      Runnable call = () -> write.call().accept(new Calls(answer -> answered(write, answer)));
      if (write.pauseMicros() > 0) {
        process.post(write.pauseMicros(), "lane tries again", call);
      } else {
        call.run();
      }
    }

    private void answered(LaneWrite write, StoreAnswer answer) {
      if (stopped) {
        return;
      }
      StoreCall call = write.call();
      if (answer.ending() != Ending.COMMITTED) {
        world.trace.note(
            "",
            answer.ending().ordinal(),
            () ->
                "%s: %s ends %s (%s)"
                    .formatted(
                        process.name(),
                        call.getClass().getSimpleName(),
                        answer.ending(),
                        answer.reason()));
      }
      LaneWrite next = write.answered(heard(call, answer));
      if (!stopped) {
        goOn(next == null ? waiting.poll() : next);
      }
    }
  }

  /** Makes a call of the store. */
  private final class Calls implements StoreCall.Handler<Void> {
    private final Consumer<StoreAnswer> end;

    Calls(Consumer<StoreAnswer> end) {
      this.end = end;
    }

    private Void read(String label, Supplier<StoreAnswer> read) {
      world.store.read(
          process, label, read, end, () -> end.accept(StoreAnswer.of(Ending.UNKNOWN, "no answer")));
      return null;
    }

    private Void readBack(String label, BooleanSupplier isThere) {
      return read(
          label,
          () -> {
            boolean found = isThere.getAsBoolean();
            world.bites.count(found ? "write found by reading back" : "write not found");
            return StoreAnswer.found(found);
          });
    }

    private Void transaction(String label, Opening opening) {
      world.store.transaction(
          process, label, opening, (ending, reason) -> end.accept(StoreAnswer.of(ending, reason)));
      return null;
    }

    @Override
    public Void on(StoreCall.Commit call) {
      world.store.statement(
          process,
          "commit",
          ready -> store.commitFires(epoch, call.plan(), ready),
          (ending, reason) -> end.accept(StoreAnswer.of(ending, reason)));
      return null;
    }

    @Override
    public Void on(StoreCall.IsCommitted call) {
      return readBack("commit read back", () -> store.isCommitted(call.plan()));
    }

    @Override
    public Void on(StoreCall.FindFaults call) {
      return read(
          "faults",
          () -> {
            SortedMap<Integer, String> faults = store.faults(epoch, call.plan());
            return faults == null
                ? StoreAnswer.of(Ending.STALE_EPOCH, "leader epoch " + epoch + " is over")
                : StoreAnswer.faults(faults);
          });
    }

    @Override
    public Void on(StoreCall.ChangeOwners call) {
      return transaction("owners", ready -> store.changeOwners(epoch, call.changes(), ready));
    }

    @Override
    public Void on(StoreCall.WriteNode call) {
      return transaction("node", ready -> store.writeNode(epoch, call.row(), ready));
    }

    @Override
    public Void on(StoreCall.Mutate call) {
      Set<PlannedGroup> refused = Collections.newSetFromMap(new IdentityHashMap<>());
      world.store.transaction(
          process,
          "mutate",
          ready -> store.mutate(epoch, call.groups(), refused, ready),
          (ending, reason) -> {
            if (ending == Ending.REJECTED && call.groups().size() > 1) {
              world.bites.count("mutation refused beside others");
            }
            end.accept(StoreAnswer.of(ending, reason, refused));
          });
      return null;
    }

    @Override
    public Void on(StoreCall.IsWritten call) {
      return readBack("mutate read back", () -> store.isWritten(call.first()));
    }
  }
}
