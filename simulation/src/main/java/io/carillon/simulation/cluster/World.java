package io.carillon.simulation.cluster;

import io.carillon.common.schedule.SpecInterner;
import io.carillon.master.core.CoreEvent;
import io.carillon.master.core.CoreSettings;
import io.carillon.master.core.NodeState;
import io.carillon.master.election.ElectionSettings;
import io.carillon.simulation.check.Checker;
import io.carillon.simulation.store.LockSessions;
import io.carillon.simulation.store.StoreServer;
import io.carillon.simulation.world.Bites;
import io.carillon.simulation.world.EventQueue;
import io.carillon.simulation.world.SimNetwork;
import io.carillon.simulation.world.Trace;
import java.util.ArrayList;
import java.util.List;

/** What all processes of one simulation share; they hear of each other only through its network. */
public final class World {

  public final EventQueue queue;
  public final Trace trace;
  public final SimNetwork network;
  public final Bites bites;
  public final StoreServer store;
  public final LockSessions locks;
  public final Checker checker;
  public final CoreSettings core;
  public final ElectionSettings election = ElectionSettings.defaults();
  public final SpecInterner specs = new SpecInterner();
  public final List<SimMaster> masters = new ArrayList<>();
  public final List<SimNode> nodes = new ArrayList<>();
  private long loadTime;

  public World(
      EventQueue queue,
      Trace trace,
      SimNetwork network,
      Bites bites,
      StoreServer store,
      LockSessions locks,
      Checker checker,
      CoreSettings core) {
    this.core = core;
    this.queue = queue;
    this.trace = trace;
    this.network = network;
    this.bites = bites;
    this.store = store;
    this.locks = locks;
    this.checker = checker;
  }

  /** The master with this name. */
  SimMaster master(String name) {
    return masters.stream().filter(master -> master.name().equals(name)).findFirst().orElseThrow();
  }

  /** How long a new leader takes to load what is stored. */
  public void setLoadTime(long micros) {
    loadTime = micros;
  }

  long loadTime() {
    if (loadTime > 0) {
      bites.count("leader loaded slowly");
    }
    return loadTime;
  }

  /** A leader tells of something. */
  void happened(CoreEvent event) {
    if (event instanceof CoreEvent.NodeLeft left && left.state() == NodeState.DEAD) {
      boolean lives =
          nodes.stream().anyMatch(node -> node.id().equals(left.node()) && node.isWell());
      bites.count(lives ? "living node declared DEAD" : "node declared DEAD");
    } else if (event instanceof CoreEvent.PartitionsMoved moved) {
      bites.count("moved: " + moved.reason());
    } else if (event instanceof CoreEvent.NodeHeld held) {
      bites.count("held: " + held.reason());
    }
  }
}
