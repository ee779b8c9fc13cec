package io.carillon.master.app;

import io.carillon.master.election.Lease;
import java.util.concurrent.TimeUnit;

/**
 * Who leads, as far as this master knows: told by the thread of its election, asked by any. Safe
 * for use from any thread.
 */
final class KnownLead {

  /** How long who leaves waits to hear who leads next: to tell those whom it served. */
  private static final long SUCCESSOR_MILLIS = 300;

  // All written under the monitor, as others wait for them.
  private volatile long epoch;
  private volatile Lease lease;
  private volatile boolean comesHere;
  private boolean closed;

  /** The epoch under which this master leads at this moment; 0: it does not. */
  long epoch() {
    return epoch;
  }

  /** The lease of another master that leads; null: none is known. */
  Lease lease() {
    return lease;
  }

  /** Whether this master leads, or is just taking the lead. */
  boolean comesHere() {
    return comesHere;
  }

  /** This master leads under this epoch; 0: it does not. */
  synchronized void leads(long ofEpoch) {
    if (epoch != ofEpoch) {
      epoch = ofEpoch;
      notifyAll();
    }
  }

  /** Another leads; null: it is not known who. */
  synchronized void follows(Lease other) {
    lease = other;
    notifyAll();
  }

  synchronized void comesHere(boolean comes) {
    comesHere = comes;
  }

  /** Nobody has to wait any more. */
  synchronized void close() {
    closed = true;
    epoch = 0;
    notifyAll();
  }

  /**
   * Waits until this master leads no more under that epoch, and a little for who does.
   *
   * @return the lease of the next leader; null if there is none so far
   */
  synchronized Lease awaitSuccessor(long ofEpoch) throws InterruptedException {
    while (epoch == ofEpoch && !closed) {
      wait();
    }
    long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(SUCCESSOR_MILLIS);
    while (epoch == 0 && (lease == null || lease.epoch() <= ofEpoch)) {
      long left = TimeUnit.NANOSECONDS.toMillis(until - System.nanoTime());
      if (left <= 0 || closed) {
        return null;
      }
      wait(left);
    }
    return lease;
  }
}
