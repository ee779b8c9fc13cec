package io.carillon.simulation.cluster;

import io.carillon.common.schedule.SpecInterner;
import io.carillon.master.core.CoreSettings;
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
}
