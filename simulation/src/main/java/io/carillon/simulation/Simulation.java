package io.carillon.simulation;

import io.carillon.common.config.Records;
import io.carillon.master.core.CoreSettings;
import io.carillon.simulation.check.Checker;
import io.carillon.simulation.check.History;
import io.carillon.simulation.check.HistoryCheck;
import io.carillon.simulation.check.Violation;
import io.carillon.simulation.cluster.LeaderReconciler;
import io.carillon.simulation.cluster.SimClient;
import io.carillon.simulation.cluster.SimLeader;
import io.carillon.simulation.cluster.SimMaster;
import io.carillon.simulation.cluster.SimNode;
import io.carillon.simulation.cluster.SimSubscriber;
import io.carillon.simulation.cluster.SpecDraw;
import io.carillon.simulation.cluster.World;
import io.carillon.simulation.fault.Fault;
import io.carillon.simulation.fault.FaultInjector;
import io.carillon.simulation.store.LockSessions;
import io.carillon.simulation.store.SimStore;
import io.carillon.simulation.store.StoreServer;
import io.carillon.simulation.world.Bites;
import io.carillon.simulation.world.EventQueue;
import io.carillon.simulation.world.SimClock;
import io.carillon.simulation.world.SimNetwork;
import io.carillon.simulation.world.SimProcess;
import io.carillon.simulation.world.Trace;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A whole cluster in one thread and virtual time: faults for a while, then none; the invariants all
 * the while, and at the end the ledger. A seed decides everything.
 */
public final class Simulation {

  private static final long SECOND = 1_000_000;
  private static final long BEGIN = 1_800_000_000 * SECOND;
  private static final long HEALED_WITHIN = 30 * SECOND;
  private static final long LIVES_ON = 2 * SECOND;
  private static final long LAG = 2_500_000;
  private static final long LOOK = 100_000;

  /** How far ahead of the reference a leader's clock may be. */
  private static final long CLOCK_BOUND = 80_000;

  private static final long WALL_ERROR = 20_000;

  private final Setup setup;
  private final Actors actors;
  private final SplittableRandom random;
  private final Trace trace;
  private final EventQueue queue;
  private final Bites bites = new Bites();
  private final History history = new History();
  private final List<SimNode> duplicates = new ArrayList<>();
  private final List<SimSubscriber> subscribers = new ArrayList<>();
  private final Checker checker;
  private final SimStore store;
  private final World world;
  private final SimClient client;
  private final FaultInjector injector;
  private long expected;

  /** When all that is recorded went beyond what was said while nodes lied; 0: not yet. */
  private long honestAt;

  private Simulation(Setup setup, Actors actors, boolean traced) {
    this.setup = setup;
    this.actors = actors;
    this.random = new SplittableRandom(setup.seed() ^ 0x5eed);
    this.trace = new Trace(traced);
    this.queue = new EventQueue(BEGIN, trace);
    this.checker = new Checker(queue, trace, setup.partitions(), BEGIN, CLOCK_BOUND);
    this.store = actors.store(setup.partitions(), BEGIN, checker);
    SimNetwork network = new SimNetwork(queue, random.split(), bites);
    SimProcess database = process("store");
    this.world =
        new World(
            queue,
            trace,
            network,
            bites,
            new StoreServer(store, database, network, random.split(), bites),
            new LockSessions(database, network),
            checker,
            Records.with(CoreSettings.defaults(), "warmStandby", setup.warmStandby()));
    people();
    this.client =
        new SimClient(
            world,
            process("client"),
            random.split(),
            new SpecDraw(random.split(), BEGIN),
            history,
            setup.schedules(),
            setup.destinations(),
            setup.pace());
    this.injector = new FaultInjector(world, duplicates, subscribers);
  }

  private SimProcess process(String name) {
    long offset = random.nextLong(-WALL_ERROR, WALL_ERROR);
    long drift = random.nextLong(-100, 100);
    SimClock clock = new SimClock(queue::now, 1 + random.nextLong(1_000 * SECOND), offset, drift);
    return new SimProcess(name, queue, clock);
  }

  private void people() {
    for (int i = 0; i < setup.masters(); i++) {
      world.masters.add(actors.master(world, process("master " + i), random.split()));
    }
    for (int i = 0; i < setup.nodes(); i++) {
      world.nodes.add(actors.node(world, "n" + i, process("node " + i), random.split()));
      duplicates.add(actors.node(world, "n" + i, process("second node " + i), random.split()));
    }
    for (int i = 0; i < setup.subscribers(); i++) {
      subscribers.add(
          new SimSubscriber(
              world, process("subscriber " + i), random.split(), 1 + i % setup.destinations()));
    }
  }

  /** Runs a simulation to its end, or to what must not be. */
  public static Outcome run(Setup setup, Actors actors, boolean traced) {
    Simulation simulation = new Simulation(setup, actors, traced);
    RuntimeException failure = null;
    try {
      simulation.live();
    } catch (RuntimeException e) {
      failure = e;
    }
    return new Outcome(
        setup,
        failure,
        simulation.trace.hash(),
        simulation.queue.now() - BEGIN,
        simulation.queue.executed(),
        simulation.client.operations(),
        simulation.checker.recordedCount(),
        simulation.expected,
        simulation.checker.longestStandstill(),
        simulation.bites,
        simulation.trace.lines());
  }

  private void live() {
    world.store.process().start();
    world.masters.forEach(SimMaster::start);
    world.nodes.forEach(SimNode::start);
    subscribers.forEach(SimSubscriber::start);
    client.start();
    injector.plan(setup.faults());
    queue.runTo(BEGIN + setup.chaos());
    injector.heal();
    long healed = queue.now();
    queue.runTo(healed + LIVES_ON);
    client.rest();
    long rested = queue.now();
    String missing = missing(rested);
    while (!missing.isEmpty()) {
      if (queue.now() > healed + HEALED_WITHIN) {
        throw new Violation(
            "L5 self-heal",
            missing + " " + HEALED_WITHIN / SECOND + " s after the last fault",
            "partition 0");
      }
      injector.startNodes();
      queue.runTo(queue.now() + LOOK);
      missing = missing(rested);
    }
    boolean lied = setup.faults().stream().anyMatch(fault -> fault.kind() == Fault.Kind.NODE_LIES);
    if (!lied && bites.of(LeaderReconciler.LACKED) > 0) {
      throw new Violation("L1 complete", "the ledger lacked something, and no node had lied");
    }
    HistoryCheck ledger = new HistoryCheck(store, history);
    ledger.check();
    expected = ledger.expected();
  }

  /** What is not yet as it should be; empty if all is. */
  private String missing(long rested) {
    SimLeader leader = null;
    for (SimMaster master : world.masters) {
      if (master.leader() != null && master.leader().isServing()) {
        leader = master.leader();
      }
    }
    if (leader == null) {
      return "nobody leads";
    }
    for (int p = 0; p < store.fires().partitions(); p++) {
      if (store.fires().owner(p) == null) {
        return "partition " + p + " has no owner";
      }
      if (store.fires().watermark(p) < leader.time() - LAG) {
        return "partition " + p + " of " + store.fires().owner(p) + " stands still";
      }
    }
    for (int p = 0; p < store.fires().partitions(); p++) {
      if (!checker.isApplied(p)) {
        return "partition " + p + " has not applied all mutations";
      }
    }
    if (honestAt == 0) {
      for (int p = 0; p < store.fires().partitions(); p++) {
        if (store.fires().watermark(p) <= rested) {
          return "partition " + p + " may still have been lied about";
        }
      }
      honestAt = queue.now();
    }
    if (leader.wholeAt() <= honestAt) {
      return "the leader's check does not find the ledger whole";
    }
    if (!client.isIdle()) {
      return "the client waits for an answer";
    }
    long seq = checker.delivery().firstUnacknowledged(queue.now() - LAG);
    return seq == 0 ? "" : "fire " + seq + " is not acknowledged";
  }
}
