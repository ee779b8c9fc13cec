package io.carillon.master.app;

import io.carillon.master.store.lead.LeaderLock;
import java.util.function.LongConsumer;

/** What becomes of the leader's lock, for the election. */
record LockEvents(Held onHeld, LongConsumer onBusy, LongConsumer onLost)
    implements LeaderLock.Listener {

  /** Hears which request was granted, and of which epoch the lock is. */
  interface Held {
    void accept(long request, long epoch);
  }

  @Override
  public void lockHeld(long request, long epoch) {
    onHeld.accept(request, epoch);
  }

  @Override
  public void lockBusy(long request) {
    onBusy.accept(request);
  }

  @Override
  public void lockLost(long request) {
    onLost.accept(request);
  }
}
