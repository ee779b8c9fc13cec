package io.carillon.simulation.cluster;

import io.carillon.master.core.CommitPlan;
import io.carillon.master.core.MasterCommand.NodeRow;
import io.carillon.master.core.MasterCommand.OwnerChange;
import io.carillon.master.core.MasterCore;
import io.carillon.master.core.Mutation.PlannedGroup;
import io.carillon.master.core.WriteTries;
import io.carillon.master.core.WriteTries.Ending;
import io.carillon.master.core.WriteTries.Next;
import io.carillon.simulation.store.SimStore;
import io.carillon.simulation.store.StoreServer.Opening;
import io.carillon.simulation.world.SimProcess;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

/** The writes of a leader's two lanes, one after the other, until their outcome is known. */
final class LeaderLanes {

  private static final long FAULTS_RETRY = 100_000;

  /** Hears how a write ended: DONE, or REJECTED and why. */
  private interface End {
    void ended(Next next, int attempts, String reason);
  }

  /** One write and its tries. */
  private final class Write {
    final String label;
    final boolean inSteps;
    final Opening opening;
    final Supplier<Boolean> check;
    final End end;
    final WriteTries tries = new WriteTries();
    String reason = "";

    Write(String label, boolean inSteps, Opening opening, Supplier<Boolean> check, End end) {
      this.label = label;
      this.inSteps = inSteps;
      this.opening = opening;
      this.check = check;
      this.end = end;
    }

    void send() {
      if (inSteps) {
        world.store.transaction(process, label, opening, this::ended);
      } else {
        world.store.statement(process, label, opening, this::ended);
      }
    }

    private void ended(Ending ending, String why) {
      reason = why;
      if (ending != Ending.COMMITTED) {
        world.trace.note(
            "",
            ending.ordinal(),
            () -> process.name() + ": a try of " + label + " ends " + ending + " (" + why + ")");
      }
      next(tries.tried(ending), ending);
    }

    private void read() {
      world.store.read(
          process,
          label + " read back",
          check,
          found -> {
            world.bites.count(found ? "write found by reading back" : "write not found");
            next(tries.readBack(found), Ending.MISMATCH);
          },
          () -> next(tries.readFailed(), Ending.UNKNOWN));
    }

    private void next(Next next, Ending ending) {
      if (stopped) {
        return;
      }
      switch (next) {
        case DONE, REJECTED -> end.ended(next, tries.attempts(), reason);
        case TRY_AGAIN -> process.post(tries.pauseMicros(), label, this::send);
        case READ_BACK -> read();
        case READ_BACK_AGAIN -> process.post(tries.pauseMicros(), label, this::read);
        case OVER -> over(ending);
      }
    }

    private void over(Ending ending) {
      stopped = true;
      if (ending != Ending.STALE_EPOCH) {
        world.checker.unexplained(label + ": " + reason);
      }
      onOver.accept(ending, label + ": " + reason);
    }
  }

  /** A lane: one write at a time. */
  private final class Lane {
    final ArrayDeque<Write> waiting = new ArrayDeque<>();
    boolean busy;

    void add(Write write) {
      waiting.add(write);
      if (!busy) {
        next();
      }
    }

    void next() {
      busy = !waiting.isEmpty();
      if (busy) {
        waiting.poll().send();
      }
    }
  }

  private final World world;
  private final SimProcess process;
  private final SimStore store;
  private final long epoch;
  private final SimLeader leader;
  private final BiConsumer<Ending, String> onOver;
  private final Lane fireLane = new Lane();
  private final Lane scheduleLane = new Lane();
  private boolean stopped;

  LeaderLanes(
      World world,
      SimProcess process,
      long epoch,
      SimLeader leader,
      BiConsumer<Ending, String> onOver) {
    this.world = world;
    this.process = process;
    this.store = world.store.store();
    this.epoch = epoch;
    this.leader = leader;
    this.onOver = onOver;
  }

  void stop() {
    stopped = true;
  }

  void commit(CommitPlan plan) {
    fireLane.add(write(plan));
  }

  void changeOwners(List<OwnerChange> changes) {
    add(
        fireLane,
        "owners",
        true,
        ready -> store.changeOwners(epoch, changes, ready),
        () -> false,
        (core, now, attempts) -> core.assignmentEnded(now));
  }

  void writeNode(NodeRow row) {
    add(
        scheduleLane,
        "node",
        true,
        ready -> store.writeNode(epoch, row, ready),
        () -> false,
        (core, now, attempts) -> core.nodeWritten(row, now));
  }

  /** What the core hears of the end of a write. */
  private interface Ended {
    void tell(MasterCore core, long now, int attempts);
  }

  private void add(
      Lane lane,
      String label,
      boolean inSteps,
      Opening opening,
      Supplier<Boolean> check,
      Ended ended) {
    lane.add(
        new Write(
            label,
            inSteps,
            opening,
            check,
            (next, attempts, reason) -> {
              leader.input((core, now) -> ended.tell(core, now, attempts));
              lane.next();
            }));
  }

  private Write write(CommitPlan plan) {
    return new Write(
        "commit",
        false,
        ready -> store.commitFires(epoch, plan, ready),
        () -> store.isCommitted(plan),
        (next, attempts, reason) -> {
          if (next == Next.REJECTED) {
            findFaults(plan);
          } else {
            leader.input((core, now) -> core.commitEnded(attempts, now));
            fireLane.next();
          }
        });
  }

  private void findFaults(CommitPlan plan) {
    world.store.read(
        process,
        "faults",
        () -> store.faults(epoch, plan),
        faults -> {
          if (stopped) {
            return;
          }
          if (faults == null) {
            stopped = true;
            onOver.accept(Ending.STALE_EPOCH, "faults: leader epoch " + epoch + " is over");
            return;
          }
          if (faults.isEmpty()) {
            world.checker.unexplained("a commit is refused, and none of its parts");
          }
          leader.input((core, now) -> core.commitRefused(faults, now));
          fireLane.next();
        },
        () -> process.post(FAULTS_RETRY, "faults again", () -> findFaults(plan)));
  }

  void mutate(List<PlannedGroup> groups) {
    scheduleLane.add(
        mutation(
            groups,
            (next, attempts, reason) -> {
              if (next == Next.DONE) {
                mutated(new ArrayList<>(Collections.nCopies(groups.size(), null)));
              } else if (groups.size() == 1) {
                mutated(new ArrayList<>(List.of(reason)));
              } else {
                oneByOne(groups, new ArrayList<>());
              }
            }));
  }

  private Write mutation(List<PlannedGroup> groups, End end) {
    return new Write(
        "mutate",
        true,
        ready -> store.mutate(epoch, groups, ready),
        () -> store.isWritten(groups.get(0)),
        end);
  }

  /** Refused for the sake of one of them: each is written by itself. */
  private void oneByOne(List<PlannedGroup> groups, List<String> outcomes) {
    if (outcomes.size() == groups.size()) {
      mutated(outcomes);
      return;
    }
    mutation(
            List.of(groups.get(outcomes.size())),
            (next, attempts, reason) -> {
              outcomes.add(next == Next.DONE ? null : reason);
              oneByOne(groups, outcomes);
            })
        .send();
  }

  private void mutated(List<String> outcomes) {
    leader.input((core, now) -> core.mutationsEnded(outcomes, now));
    scheduleLane.next();
  }
}
