package io.carillon.master.app;

import io.carillon.master.store.lead.LeaderLock;
import java.util.function.LongConsumer;

/** What becomes of the leader's lock, for the election. */
record LockEvents(Held onHeld, LongConsumer onBusy, LongConsumer onLost)
    implements LeaderLock.Listener {

  /** Hears which wish was granted, and of which epoch the lock is. */
  interface Held {
    void accept(long turn, long epoch);
  }

  @Override
  public void lockHeld(long turn, long epoch) {
    onHeld.accept(turn, epoch);
  }

  @Override
  public void lockBusy(long turn) {
    onBusy.accept(turn);
  }

  @Override
  public void lockLost(long turn) {
    onLost.accept(turn);
  }
}
