package io.carillon.simulation.cluster;

import io.carillon.common.ring.HashRing;
import io.carillon.master.core.CommitPlan.ManualFire;
import io.carillon.master.core.Mutation;
import io.carillon.master.core.Mutation.GroupResult;
import io.carillon.master.core.Mutation.Outcome;
import io.carillon.master.core.StoredSchedule;
import io.carillon.simulation.store.ScheduleTables;
import io.carillon.simulation.store.StoredRow;
import io.carillon.simulation.world.SimNetwork.Caller;
import io.carillon.simulation.world.SimProcess;
import java.util.List;
import java.util.function.Consumer;

/** What clients call: reads of the store, and mutations that go through the core. */
final class LeaderApi {

  /** How a call went. {@code row}: the schedule as it is then; null if there is none. */
  record Answer(Kind kind, StoredRow row, long nominal) {}

  /** Kinds of answers. */
  enum Kind {
    DONE,
    /** The schedule is not as the caller says: the row shows how it is. */
    CONFLICT,
    /** Nothing happened: try again. */
    REFUSED
  }

  private final World world;
  private final SimProcess process;
  private final SimLeader leader;
  private final Caller caller;
  private final Consumer<Answer> onAnswer;

  LeaderApi(World world, SimLeader leader, Caller caller, Consumer<Answer> onAnswer) {
    this.world = world;
    this.leader = leader;
    this.process = leader.process;
    this.caller = caller;
    this.onAnswer = onAnswer;
  }

  private ScheduleTables tables() {
    return world.store.store().schedules();
  }

  private void answer(Kind kind, StoredRow row) {
    answer(new Answer(kind, row, 0));
  }

  private void answer(Answer answer) {
    caller.reply(() -> onAnswer.accept(answer));
  }

  private void failed() {
    answer(Kind.REFUSED, null);
  }

  /** A new schedule, once for each request id. */
  void create(Mutation wanted) {
    world.store.read(
        process,
        "find request",
        () -> {
          StoredRow made = tables().madeBy(wanted.requestId());
          return made == null ? tables().named(wanted.after().id()) : made;
        },
        row -> {
          if (row == null) {
            number(wanted);
          } else {
            answer(Kind.DONE, row);
          }
        },
        this::failed);
  }

  private void number(Mutation wanted) {
    world.store.read(
        process,
        "new number",
        () -> tables().newNum(),
        num -> {
          int partition = HashRing.partitionOf(num, world.store.store().fires().partitions());
          StoredSchedule after = wanted.after().numbered(num, partition, wanted.after().id());
          Mutation mutation =
              new Mutation(
                  after,
                  wanted.opens(),
                  wanted.newContent(),
                  wanted.requestId(),
                  wanted.fingerprint());
          mutate(mutation, () -> create(wanted));
        },
        this::failed);
  }

  /** A change of a schedule that is at the version that this expects. */
  void change(Mutation wanted) {
    world.store.read(
        process,
        "find schedule",
        () -> tables().of(wanted.schedule()),
        row -> {
          if (row.version() != wanted.expectedVersion() || row.deleted()) {
            answer(Kind.CONFLICT, row);
            return;
          }
          mutate(wanted, () -> change(wanted));
        },
        this::failed);
  }

  /**
   * @param look what to do if the schedule is not as it was read
   */
  private void mutate(Mutation mutation, Runnable look) {
    leader.input(
        (core, now) ->
            core.mutate(
                new Mutation.Group(List.of(mutation), result -> mutated(result, look)), now));
  }

  private void mutated(GroupResult result, Runnable look) {
    if (result.outcome() == Outcome.DONE) {
      var planned = result.planned().get(0);
      answer(Kind.DONE, new StoredRow(planned));
    } else if (result.outcome() == Outcome.OVERLOADED) {
      failed();
    } else {
      look.run();
    }
  }

  /** A fire by hand. */
  void trigger(StoredRow row, int destination) {
    leader.input(
        (core, now) ->
            core.trigger(
                new ManualFire(
                    row.num(),
                    row.partition(),
                    row.version(),
                    destination,
                    result ->
                        answer(
                            new Answer(
                                result.recorded() ? Kind.DONE : Kind.CONFLICT,
                                row,
                                result.nominal())),
                    0),
                now));
  }
}
