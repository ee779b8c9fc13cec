package io.carillon.simulation;

import io.carillon.simulation.cluster.SimMaster;
import io.carillon.simulation.cluster.SimNode;
import io.carillon.simulation.cluster.World;
import io.carillon.simulation.store.SimStore;
import io.carillon.simulation.store.StoreListener;
import io.carillon.simulation.world.SimProcess;
import java.util.SplittableRandom;

/** Makes what a simulation is played by. */
public class Actors {

  public SimStore store(int partitions, long now, StoreListener listener) {
    return new SimStore(partitions, now, listener);
  }

  public SimMaster master(World world, SimProcess process, SplittableRandom random) {
    return new SimMaster(world, process, random);
  }

  public SimNode node(World world, String id, SimProcess process, SplittableRandom random) {
    return new SimNode(world, id, process, random);
  }
}
