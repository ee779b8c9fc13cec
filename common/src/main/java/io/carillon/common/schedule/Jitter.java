package io.carillon.common.schedule;

/**
 * Due times: the nominal time and a delay that is a hash of the schedule and the nominal time, so
 * that it is the same wherever it is computed.
 */
final class Jitter {

  private Jitter() {}

  static long dueOf(Occurrences times, long schedule, long nominal) {
    long jitter = times.jitterMicros();
    if (jitter == 0) {
      return nominal;
    }
    long latest = Math.min(times.nextAfter(nominal) - 1, times.last());
    if (latest <= nominal) {
      return nominal;
    }
    // Unsigned, as the distance may exceed a long.
    boolean tight = Long.compareUnsigned(latest - nominal, jitter) < 0;
    long room = tight ? latest - nominal : jitter;
    return nominal + Long.remainderUnsigned(mix(schedule, nominal), room + 1);
  }

  static long nextDueAfter(Occurrences times, long schedule, long micros) {
    if (times.jitterMicros() == 0) {
      return times.nextAfter(micros);
    }
    if (micros == Occurrences.NEVER) {
      return Occurrences.NEVER;
    }
    long nominal = times.previousBefore(micros + 1);
    if (nominal != Occurrences.NEVER_BEFORE) {
      long due = dueOf(times, schedule, nominal);
      if (due > micros) {
        return due;
      }
    }
    long next = times.nextAfter(micros);
    return next == Occurrences.NEVER ? next : dueOf(times, schedule, next);
  }

  static long nominalDueBy(Occurrences times, long schedule, long micros) {
    // No time is NEVER, so that one before it is one by it.
    long nominal = times.previousBefore(micros == Occurrences.NEVER ? micros : micros + 1);
    if (times.jitterMicros() == 0
        || nominal == Occurrences.NEVER_BEFORE
        || dueOf(times, schedule, nominal) <= micros) {
      return nominal;
    }
    return times.previousBefore(nominal);
  }

  /** Two rounds of the finalizer of MurmurHash3. */
  private static long mix(long schedule, long nominal) {
    return finalized(finalized(schedule) ^ nominal);
  }

  private static long finalized(long value) {
    long mixed = (value ^ value >>> 33) * 0xff51afd7ed558ccdL;
    mixed = (mixed ^ mixed >>> 33) * 0xc4ceb9fe1a85ec53L;
    return mixed ^ mixed >>> 33;
  }
}
