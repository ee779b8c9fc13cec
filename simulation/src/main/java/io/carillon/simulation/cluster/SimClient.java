package io.carillon.simulation.cluster;

import io.carillon.master.core.Mutation;
import io.carillon.master.core.Mutation.Planned;
import io.carillon.master.core.ScheduleState;
import io.carillon.master.core.StoredSchedule;
import io.carillon.simulation.check.Expectation;
import io.carillon.simulation.check.History;
import io.carillon.simulation.cluster.LeaderApi.Answer;
import io.carillon.simulation.cluster.LeaderApi.Kind;
import io.carillon.simulation.oracle.PlainTimes;
import io.carillon.simulation.store.StoredRow;
import io.carillon.simulation.world.SimProcess;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import java.util.SplittableRandom;

/**
 * A client with some schedules, of which it changes one after the other, at the worst instants if
 * it can: just as one is due. An answer that does not come has it ask again, until it knows.
 */
public final class SimClient {

  private static final long TIMEOUT = 2_000_000;
  private static final long RETRY = 60_000;
  private static final long AIM = 4_000;

  /** How a name stands, as far as the client knows. */
  private enum State {
    NONE,
    ACTIVE,
    PAUSED
  }

  /** What it can want. */
  private enum Action {
    CREATE,
    UPDATE,
    PAUSE,
    PAUSE_FOR_A_WHILE,
    RESUME,
    /** And the times since the pause are made up for. */
    RESUME_FROM_THE_PAUSE,
    DELETE,
    TRIGGER
  }

  /** One schedule name and what is under way with it. */
  private final class Slot {
    final String name;
    State state = State.NONE;
    StoredRow row;
    SpecDraw.Drawn content;
    Action action;
    String operation;
    Mutation mutation;
    Expectation expectation;
    long attempt;
    boolean busy;

    Slot(String name) {
      this.name = name;
    }
  }

  private final World world;
  private final SimProcess process;
  private final SplittableRandom random;
  private final SpecDraw specs;
  private final History history;
  private final int destinations;
  private final long pace;
  private final List<Slot> slots = new ArrayList<>();
  private boolean resting;
  private int operations;
  private int master;

  /**
   * @param pace mean time between two operations
   */
  public SimClient(
      World world,
      SimProcess process,
      SplittableRandom random,
      SpecDraw specs,
      History history,
      int schedules,
      int destinations,
      long pace) {
    this.world = world;
    this.process = process;
    this.random = random;
    this.specs = specs;
    this.history = history;
    this.destinations = destinations;
    this.pace = pace;
    for (int i = 0; i < schedules; i++) {
      slots.add(new Slot("s" + i));
    }
  }

  public void start() {
    process.start();
    for (Slot slot : slots) {
      slot.busy = true;
      process.post(random.nextLong(2_000_000), "first create", () -> begin(slot, Action.CREATE));
    }
    process.post(pace, "client", this::live);
  }

  /** Begins nothing new from now on. */
  public void rest() {
    resting = true;
  }

  /** Whether nothing is under way. */
  public boolean isIdle() {
    return slots.stream().noneMatch(slot -> slot.busy);
  }

  public int operations() {
    return operations;
  }

  private void live() {
    if (resting) {
      return;
    }
    Slot slot = slots.get(random.nextInt(slots.size()));
    if (!slot.busy) {
      slot.busy = true;
      process.post(untilWorst(slot), "operation", () -> begin(slot, action(slot)));
    }
    process.post(1 + random.nextLong(2 * pace), "client", this::live);
  }

  /** Now, or so that it comes to the leader about when the schedule is due. */
  private long untilWorst(Slot slot) {
    if (slot.state != State.ACTIVE || random.nextInt(3) == 0) {
      return 0;
    }
    long now = process.clock().wall();
    NavigableSet<Long> next =
        PlainTimes.of(slot.content.expectation().spec(), now + AIM, now + 2_000_000);
    return next.isEmpty() ? 0 : next.first() - now - AIM / 2 + random.nextLong(AIM) - 500;
  }

  private Action action(Slot slot) {
    return switch (slot.state) {
      case NONE -> Action.CREATE;
      case PAUSED ->
          switch (random.nextInt(4)) {
            case 0 -> Action.DELETE;
            case 1 -> Action.RESUME_FROM_THE_PAUSE;
            default -> Action.RESUME;
          };
      case ACTIVE ->
          switch (random.nextInt(8)) {
            case 0, 1, 2 -> Action.UPDATE;
            case 3 -> Action.PAUSE;
            case 4 -> Action.PAUSE_FOR_A_WHILE;
            case 5 -> Action.DELETE;
            default -> Action.TRIGGER;
          };
    };
  }

  private void begin(Slot slot, Action action) {
    String operation = action + " " + ++operations;
    slot.action = action;
    slot.attempt++;
    slot.operation = operation;
    Mutation.Content opens = null;
    slot.expectation = null;
    if (action == Action.TRIGGER) {
      history.triggerRequested(slot.row.num(), slot.row.partition());
    }
    if (action == Action.CREATE || action == Action.UPDATE) {
      slot.content = specs.draw(process.clock().wall());
    }
    if (action != Action.PAUSE && action != Action.DELETE && action != Action.TRIGGER) {
      slot.expectation = slot.content.expectation();
      opens = content(slot, action);
      world.checker.requested(operation, slot.expectation);
    }
    slot.mutation =
        new Mutation(after(slot, action), opens, opens != null).by(operation, new byte[0]);
    world.trace.note(slot.name, operations, () -> "asks for " + operation + " of " + slot.name);
    send(slot);
  }

  private static StoredSchedule after(Slot slot, Action action) {
    StoredSchedule draft = StoredSchedule.draft("", slot.name, null);
    if (action == Action.CREATE) {
      return draft;
    }
    StoredSchedule before =
        draft
            .numbered(slot.row.num(), slot.row.partition(), slot.name)
            .at(slot.row.version(), 0, 0);
    return action == Action.DELETE ? before.withState(ScheduleState.DELETED) : before;
  }

  private Mutation.Content content(Slot slot, Action action) {
    return new Mutation.Content(
        slot.content.spec().canonical(),
        world.specs.intern(slot.content.spec().canonical()),
        slot.content.expectation().catchUp(),
        destination(slot),
        Long.MAX_VALUE,
        opensFrom(slot, action));
  }

  private int destination(Slot slot) {
    return 1 + Math.floorMod(slot.name.hashCode(), destinations);
  }

  private long opensFrom(Slot slot, Action action) {
    return switch (action) {
      case PAUSE_FOR_A_WHILE -> process.clock().wall() + random.nextLong(3_000_000);
      case RESUME_FROM_THE_PAUSE -> slot.row.latest().effective();
      default -> Mutation.Content.EFFECTIVE;
    };
  }

  private void send(Slot slot) {
    SimMaster to = world.masters.get(master);
    long attempt = slot.attempt;
    // As it is now: it may arrive when the next one is under way.
    Action action = slot.action;
    Mutation mutation = slot.mutation;
    StoredRow row = slot.row;
    int destination = destination(slot);
    world.network.call(
        process,
        to.process(),
        "api " + action,
        TIMEOUT,
        caller -> {
          SimLeader leader = to.leader();
          if (leader == null || !leader.isServing()) {
            caller.refuse("not leader");
            return;
          }
          LeaderApi api =
              new LeaderApi(world, leader, caller, answer -> answered(slot, attempt, answer));
          switch (action) {
            case CREATE -> api.create(mutation);
            case TRIGGER -> api.trigger(row, destination);
            default -> api.change(mutation);
          }
        },
        reason -> failed(slot, attempt, reason));
  }

  private void failed(Slot slot, long attempt, String reason) {
    if (attempt != slot.attempt) {
      return;
    }
    if (!reason.startsWith("refused")) {
      world.bites.count("client call of unknown outcome");
      if (slot.action == Action.TRIGGER) {
        // To ask again would fire again.
        done(slot);
        return;
      }
    }
    master = (master + 1) % world.masters.size();
    again(slot);
  }

  private void again(Slot slot) {
    process.post(RETRY + random.nextLong(RETRY), "api again", () -> send(slot));
  }

  private void answered(Slot slot, long attempt, Answer answer) {
    if (attempt != slot.attempt) {
      return;
    }
    StoredRow row = answer.row();
    if (answer.kind() == Kind.REFUSED) {
      again(slot);
    } else if (slot.action == Action.TRIGGER) {
      if (answer.kind() == Kind.DONE) {
        history.triggered(row.num(), row.partition(), answer.nominal());
      }
      done(slot);
    } else if (row.operation().equals(slot.operation)) {
      happened(slot, row);
    } else {
      world.checker.unexplained(
          slot.operation + " of " + slot.name + " conflicts with nothing of this client");
    }
  }

  private void happened(Slot slot, StoredRow row) {
    Planned planned = row.latest();
    slot.row = row;
    slot.state =
        switch (slot.action) {
          case DELETE -> State.NONE;
          case PAUSE -> State.PAUSED;
          default -> State.ACTIVE;
        };
    long opensFrom = planned.opened() == null ? 0 : planned.opened().validFrom();
    history.mutated(
        row.num(),
        row.partition(),
        row.version(),
        planned.effective(),
        opensFrom,
        slot.expectation);
    done(slot);
  }

  private void done(Slot slot) {
    slot.attempt++;
    slot.busy = false;
  }
}
