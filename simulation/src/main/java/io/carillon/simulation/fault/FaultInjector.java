package io.carillon.simulation.fault;

import io.carillon.simulation.cluster.SimMaster;
import io.carillon.simulation.cluster.SimNode;
import io.carillon.simulation.cluster.SimSubscriber;
import io.carillon.simulation.cluster.World;
import io.carillon.simulation.store.StoreServer;
import io.carillon.simulation.world.SimNetwork;
import io.carillon.simulation.world.SimProcess;
import java.util.ArrayList;
import java.util.List;

/** Does faults to a cluster, and undoes them. */
public final class FaultInjector {

  /** How often a kind was done to the cluster, in the counts. */
  public static final String INJECTED = "injected: ";

  /** How often it really did something. */
  public static final String BIT = "bit: ";

  private static final long HOUR = 3_600_000_000L;

  /** After its end a fault may still take effect. */
  private static final long EFFECT = 1_000_000;

  private final World world;
  private final List<SimNode> duplicates;
  private final List<SimSubscriber> subscribers;
  private final HandDamage damage;
  private boolean healed;

  /**
   * @param duplicates for each node another process with the same id, not started
   */
  public FaultInjector(World world, List<SimNode> duplicates, List<SimSubscriber> subscribers) {
    this.world = world;
    this.duplicates = duplicates;
    this.subscribers = subscribers;
    this.damage = new HandDamage(world);
  }

  /** Puts faults in the queue. */
  public void plan(List<Fault> faults) {
    for (Fault fault : faults) {
      world.queue.after(fault.at(), fault.kind().name(), () -> begin(fault));
    }
  }

  private void begin(Fault fault) {
    if (!healed) {
      world.trace.note("", fault.number(), fault::toString);
      world.bites.count(INJECTED + fault.kind());
      long before = fault.kind().seen(world.bites);
      strike(fault);
      world.queue.after(
          fault.lasts() + EFFECT,
          "effect of fault",
          () -> {
            if (fault.kind().seen(world.bites) > before) {
              world.bites.count(BIT + fault.kind());
            }
          });
    }
  }

  private void later(Fault fault, Runnable undo) {
    world.queue.after(
        fault.lasts(),
        "undo " + fault.kind(),
        () -> {
          if (!healed) {
            world.trace.note("", fault.number(), () -> "end of fault " + fault.number());
            undo.run();
          }
        });
  }

  private SimMaster master(Fault fault) {
    if (fault.target() % 2 == 0) {
      for (SimMaster master : world.masters) {
        if (master.leader() != null) {
          return master;
        }
      }
    }
    return world.masters.get(fault.target() / 2 % world.masters.size());
  }

  private SimNode node(Fault fault) {
    return world.nodes.get(fault.target() % world.nodes.size());
  }

  private void strike(Fault fault) {
    switch (fault.kind()) {
      case MASTER_CRASH, MASTER_POWER_OFF, MASTER_PAUSE, MASTER_FREEZE, MASTER_RESIGN ->
          strike(fault, master(fault));
      case NODE_CRASH,
          NODE_POWER_OFF,
          NODE_PAUSE,
          NODE_FREEZE,
          NODE_HANG,
          NODE_DRAIN,
          NODE_DUPLICATE,
          NODE_LIES,
          NODE_WALL_STEP,
          NODE_DRIFT ->
          strike(fault, node(fault));
      case WALL_STEP -> {
        int target = fault.target() % (world.masters.size() + 1);
        SimProcess machine =
            target == world.masters.size()
                ? world.store.process()
                : world.masters.get(target).process();
        machine.clock().step(fault.variant() % 2 == 0 ? HOUR : -HOUR);
      }
      case CUT_NODE -> cut(fault, node(fault).process(), master(fault).process());
      case CUT_STORE -> cut(fault, master(fault).process(), world.store.process());
      case SLOW_LINK -> slow(fault);
      case BAD_NETWORK -> {
        world.network.setQuality(new SimNetwork.Quality(300, 3_000, 40_000, 300_000, 30_000));
        later(fault, () -> world.network.setQuality(SimNetwork.Quality.GOOD));
      }
      case BREAK_CONNECTION -> world.network.breakAny();
      case SLOW_LOAD -> {
        world.setLoadTime(500_000L * (1 + fault.variant() % 12));
        later(fault, () -> world.setLoadTime(0));
      }
      case STORE_RESTART, STORE_SLOW, STORE_UNKNOWN, STORE_REFUSES -> strikeStore(fault);
      case ROW_IN_THE_WAY -> {
        damage.plantRow(fault);
        later(fault, damage::repair);
      }
      case WATERMARK_SET_BACK -> {
        damage.setBack(fault);
        later(fault, damage::repair);
      }
      case BAD_SUBSCRIBERS -> {
        subscribers.forEach(subscriber -> subscriber.setBad(true));
        later(fault, () -> subscribers.forEach(subscriber -> subscriber.setBad(false)));
      }
      case SUBSCRIBER_CRASH -> {
        SimSubscriber subscriber = subscribers.get(fault.target() % subscribers.size());
        subscriber.crash();
        later(fault, () -> startIfDown(subscriber));
      }
    }
  }

  private void strikeStore(Fault fault) {
    switch (fault.kind()) {
      case STORE_RESTART -> {
        world.store.crash();
        world.locks.crash();
        later(fault, this::startStore);
      }
      case STORE_SLOW -> store(fault, new StoreServer.Faults(0, 0, 0, 700_000));
      case STORE_UNKNOWN -> store(fault, new StoreServer.Faults(0, 150_000, 150_000, 3_000));
      default -> store(fault, new StoreServer.Faults(500_000, 0, 0, 600));
    }
  }

  private void strike(Fault fault, SimMaster master) {
    boolean pauses =
        fault.kind() == Fault.Kind.MASTER_PAUSE || fault.kind() == Fault.Kind.MASTER_FREEZE;
    if (pauses && master.leader() != null && !master.process().isPaused()) {
      world.bites.count("leader paused");
    }
    switch (fault.kind()) {
      case MASTER_CRASH, MASTER_POWER_OFF -> {
        if (master.process().isRunning()) {
          master.crash(fault.kind() == Fault.Kind.MASTER_POWER_OFF);
          later(fault, () -> startIfDown(master));
        }
      }
      case MASTER_PAUSE -> pause(fault, master.process(), false);
      case MASTER_FREEZE -> pause(fault, master.process(), true);
      default -> master.resign();
    }
  }

  private void strike(Fault fault, SimNode node) {
    if (node.isUp() && node.hasPartitions()) {
      switch (fault.kind()) {
        case NODE_PAUSE, NODE_FREEZE -> world.bites.count("node paused with partitions");
        case NODE_HANG -> world.bites.count("node hung with partitions");
        case NODE_WALL_STEP, NODE_DRIFT ->
            world.bites.count("clock of a node with partitions changed");
        default -> {}
      }
    }
    switch (fault.kind()) {
      case NODE_CRASH, NODE_POWER_OFF -> {
        if (node.process().isRunning()) {
          node.crash(fault.kind() == Fault.Kind.NODE_POWER_OFF);
          later(fault, () -> startIfDown(node));
        }
      }
      case NODE_PAUSE -> pause(fault, node.process(), false);
      case NODE_FREEZE -> pause(fault, node.process(), true);
      case NODE_HANG -> {
        node.hang(true);
        later(fault, () -> node.hang(false));
      }
      case NODE_DRAIN -> {
        node.drain();
        later(fault, () -> startIfDown(node));
      }
      case NODE_DUPLICATE -> {
        SimNode duplicate = duplicates.get(world.nodes.indexOf(node));
        if (!duplicate.process().isRunning()) {
          duplicate.start();
          later(fault, () -> duplicate.crash(false));
        }
      }
      case NODE_LIES -> {
        node.lie(1 + fault.variant() % 3);
        later(fault, () -> node.lie(0));
      }
      case NODE_WALL_STEP -> node.process().clock().step(fault.variant() % 2 == 0 ? HOUR : -HOUR);
      default -> {
        node.process().clock().drift(fault.variant() % 2 == 0 ? 5_000 : -5_000);
        later(fault, () -> node.process().clock().drift(0));
      }
    }
  }

  /** Stops a process, and with {@code freeze} its machine's clocks as well. */
  private void pause(Fault fault, SimProcess process, boolean freeze) {
    if (!process.isRunning() || process.isPaused()) {
      return;
    }
    process.pause();
    if (freeze) {
      process.clock().freeze(true);
    }
    later(
        fault,
        () -> {
          process.clock().freeze(false);
          if (fault.variant() % 2 == 0) {
            // Its time service sets it right.
            process.clock().setError(0);
          }
          process.resume();
        });
  }

  /** Variant 0: both ways, 1: there only, 2: back only. */
  private void cut(Fault fault, SimProcess from, SimProcess to) {
    int variant = fault.variant() % 3;
    if (variant != 2) {
      world.network.cut(from, to, true);
    }
    if (variant != 1) {
      world.network.cut(to, from, true);
    }
    later(
        fault,
        () -> {
          world.network.cut(from, to, false);
          world.network.cut(to, from, false);
        });
  }

  private void slow(Fault fault) {
    SimProcess from = fault.variant() % 2 == 0 ? node(fault).process() : world.store.process();
    SimProcess to = master(fault).process();
    long extra = 20_000L * (1 + fault.variant() % 20);
    world.network.slow(from, to, extra);
    world.network.slow(to, from, extra);
    later(
        fault,
        () -> {
          world.network.slow(from, to, 0);
          world.network.slow(to, from, 0);
        });
  }

  private void store(Fault fault, StoreServer.Faults faults) {
    world.store.setFaults(faults);
    later(fault, () -> world.store.setFaults(StoreServer.Faults.NONE));
  }

  private void startStore() {
    if (!world.store.process().isRunning()) {
      world.store.process().start();
    }
  }

  private static void startIfDown(SimMaster master) {
    if (!master.process().isRunning()) {
      master.start();
    }
  }

  private static void startIfDown(SimNode node) {
    if (!node.isUp()) {
      node.process().crash(false);
      node.start();
    }
  }

  private static void startIfDown(SimSubscriber subscriber) {
    if (!subscriber.process().isRunning()) {
      subscriber.start();
    }
  }

  /** Starts the nodes that have left since all was healed. */
  public void startNodes() {
    world.nodes.forEach(FaultInjector::startIfDown);
  }

  /** From here on nothing is broken. */
  public void heal() {
    healed = true;
    world.trace.note("", 0, () -> "all is healed");
    world.network.heal();
    world.store.setFaults(StoreServer.Faults.NONE);
    world.setLoadTime(0);
    world.nodes.forEach(node -> node.hang(false));
    damage.repair();
    startStore();
    for (SimNode duplicate : duplicates) {
      if (duplicate.process().isRunning()) {
        duplicate.crash(false);
      }
    }
    List<SimProcess> machines = new ArrayList<>(List.of(world.store.process()));
    world.masters.forEach(master -> machines.add(master.process()));
    world.nodes.forEach(node -> machines.add(node.process()));
    for (SimProcess process : machines) {
      process.clock().freeze(false);
      process.clock().drift(0);
      process.clock().setError(0);
      process.resume();
    }
    world.masters.forEach(FaultInjector::startIfDown);
    world.nodes.forEach(node -> node.lie(0));
    world.nodes.forEach(FaultInjector::startIfDown);
    subscribers.forEach(subscriber -> subscriber.setBad(false));
    subscribers.forEach(FaultInjector::startIfDown);
  }
}
