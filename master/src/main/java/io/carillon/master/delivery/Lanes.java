package io.carillon.master.delivery;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The destinations that delivery has something to do for. Found by number without hashing: it is
 * asked once for each fire.
 */
final class Lanes {

  private DeliveryLane[] byNum = new DeliveryLane[64];
  private final List<DeliveryLane> all = new ArrayList<>();

  boolean isEmpty() {
    return all.isEmpty();
  }

  /** As of now: may be changed while it is gone through. */
  List<DeliveryLane> all() {
    return List.copyOf(all);
  }

  /** Null if there is none. */
  DeliveryLane get(int destination) {
    return destination < byNum.length ? byNum[destination] : null;
  }

  void add(DeliveryLane lane) {
    if (lane.destination >= byNum.length) {
      byNum = Arrays.copyOf(byNum, Math.max(lane.destination + 1, 2 * byNum.length));
    }
    byNum[lane.destination] = lane;
    all.add(lane);
  }

  /** Nothing is told to it any more. */
  void remove(DeliveryLane lane) {
    lane.close();
    all.remove(lane);
    if (byNum[lane.destination] == lane) {
      byNum[lane.destination] = null;
    }
  }
}
