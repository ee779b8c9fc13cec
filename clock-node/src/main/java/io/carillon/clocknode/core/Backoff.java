package io.carillon.clocknode.core;

import java.util.function.LongUnaryOperator;

/**
 * How long to wait before the next attempt. Within a round every master is tried without waiting.
 * After a round in which one said that it does not lead, an election is under way: 50 to 100 ms.
 * After one in which none answered 50 ms, doubling with each to 1 s, and of that a random half, so
 * that a cluster of nodes does not come back in step.
 */
final class Backoff {

  private static final long FIRST_MICROS = 50_000;
  private static final long MOST_MICROS = 1_000_000;

  private final int masters;
  private final LongUnaryOperator chance;
  private int failures;
  private int silentRounds;
  private boolean answered;

  Backoff(int masters, LongUnaryOperator chance) {
    this.masters = masters;
    this.chance = chance;
  }

  void reset() {
    failures = 0;
    silentRounds = 0;
    answered = false;
  }

  /** A master answered that it does not lead. */
  void onNotLeader() {
    answered = true;
  }

  long nextMicros() {
    if (++failures % masters != 0) {
      return 0;
    }
    long most = MOST_MICROS;
    if (answered) {
      silentRounds = 0;
      most = 2 * FIRST_MICROS;
    } else {
      most = Math.min(MOST_MICROS, FIRST_MICROS << Math.min(10, silentRounds++));
    }
    answered = false;
    return most / 2 + chance.applyAsLong(most / 2 + 1);
  }
}
