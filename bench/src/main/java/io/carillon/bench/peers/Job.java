package io.carillon.bench.peers;

import io.carillon.bench.load.WallClock;

/** What a peer executes: notes that it was, and takes a while if asked to. */
final class Job {

  private final Arrivals arrivals;
  private final int millis;

  Job(Arrivals arrivals, int millis) {
    this.arrivals = arrivals;
    this.millis = millis;
  }

  /** Whether an execution holds its thread for a while. */
  boolean takesTime() {
    return millis > 0;
  }

  void run(int number, long nominal) {
    int place = arrivals.begin(number, nominal, WallClock.nowMicros());
    if (millis > 0) {
      try {
        Thread.sleep(millis);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
    arrivals.end(place, WallClock.nowMicros());
  }
}
