package io.carillon.master.core.delivery;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The destinations that delivery has something to do for. Found by number without hashing: it is
 * asked once for each fire.
 */
final class DestinationQueues {

  private DestinationQueue[] byNum = new DestinationQueue[64];
  private final List<DestinationQueue> all = new ArrayList<>();

  boolean isEmpty() {
    return all.isEmpty();
  }

  /** As of now: may be changed while it is gone through. */
  List<DestinationQueue> all() {
    return List.copyOf(all);
  }

  /** Null if there is none. */
  DestinationQueue get(int destination) {
    return destination < byNum.length ? byNum[destination] : null;
  }

  void add(DestinationQueue queue) {
    if (queue.destination >= byNum.length) {
      byNum = Arrays.copyOf(byNum, Math.max(queue.destination + 1, 2 * byNum.length));
    }
    byNum[queue.destination] = queue;
    all.add(queue);
  }

  /** Nothing is told to it any more. */
  void remove(DestinationQueue queue) {
    queue.close();
    all.remove(queue);
    if (byNum[queue.destination] == queue) {
      byNum[queue.destination] = null;
    }
  }
}
