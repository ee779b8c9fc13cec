package io.carillon.clocknode.rpc;

import java.util.SplittableRandom;

/**
 * How long to wait before the next attempt. Every master is tried once without waiting; after that
 * 50 ms, doubling with each round to 1 s, and of that a random half, so that a cluster of nodes
 * does not come back in step.
 */
final class Backoff {

  private static final long FIRST_MICROS = 50_000;
  private static final long MOST_MICROS = 1_000_000;

  private final int masters;
  private final SplittableRandom random;
  private int failures;

  Backoff(int masters, SplittableRandom random) {
    this.masters = masters;
    this.random = random;
  }

  void reset() {
    failures = 0;
  }

  long nextMicros() {
    failures++;
    if (failures < masters) {
      return 0;
    }
    int round = Math.min(10, (failures - masters) / masters);
    long most = Math.min(MOST_MICROS, FIRST_MICROS << round);
    return most / 2 + random.nextLong(most / 2 + 1);
  }
}
