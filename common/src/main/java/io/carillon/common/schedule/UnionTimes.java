package io.carillon.common.schedule;

import java.util.Arrays;

/** The times of any of several rules; one that several have is one time. */
final class UnionTimes implements Times {

  private final Times[] rules;

  UnionTimes(Times... rules) {
    this.rules = rules.clone();
  }

  @Override
  public long nextAfter(long micros) {
    long next = NEVER;
    for (Times rule : rules) {
      next = Math.min(next, rule.nextAfter(micros));
    }
    return next;
  }

  @Override
  public long previousBefore(long micros) {
    long previous = NEVER_BEFORE;
    for (Times rule : rules) {
      previous = Math.max(previous, rule.previousBefore(micros));
    }
    return previous;
  }

  @Override
  public boolean matches(long micros) {
    for (Times rule : rules) {
      if (rule.matches(micros)) {
        return true;
      }
    }
    return false;
  }

  /** Steps through the times of all rules but the densest, which counts its own. */
  @Override
  public long count(long afterMicros, long upToMicros) {
    int densest = 0;
    long total = 0;
    for (int i = 0; i < rules.length; i++) {
      long count = rules[i].count(afterMicros, upToMicros);
      if (count > total) {
        total = count;
        densest = i;
      }
    }
    for (int i = 0; i < rules.length; i++) {
      if (i != densest) {
        total += countOfItsOwn(i, densest, afterMicros, upToMicros);
      }
    }
    return total;
  }

  /** How many times a rule has that neither the densest nor a rule before it has. */
  private long countOfItsOwn(int rule, int densest, long afterMicros, long upToMicros) {
    long total = 0;
    long at = rules[rule].nextAfter(afterMicros);
    while (at <= upToMicros && at != NEVER) {
      boolean counted = rules[densest].matches(at);
      for (int i = 0; i < rule && !counted; i++) {
        counted = i != densest && rules[i].matches(at);
      }
      total += counted ? 0 : 1;
      at = rules[rule].nextAfter(at);
    }
    return total;
  }

  /** Steps n times. */
  @Override
  public long nthAfter(long afterMicros, long n) {
    long[] heads = new long[rules.length];
    Arrays.fill(heads, afterMicros);
    long at = afterMicros;
    for (long i = 0; i < n && at != NEVER; i++) {
      long next = NEVER;
      for (int rule = 0; rule < heads.length; rule++) {
        if (heads[rule] <= at) {
          heads[rule] = rules[rule].nextAfter(at);
        }
        next = Math.min(next, heads[rule]);
      }
      at = next;
    }
    return at;
  }

  @Override
  public long last() {
    long last = NEVER_BEFORE;
    for (Times rule : rules) {
      last = Math.max(last, rule.last());
    }
    return last;
  }
}
