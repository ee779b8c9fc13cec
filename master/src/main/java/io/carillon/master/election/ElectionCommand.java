package io.carillon.master.election;

/**
 * What the election wants done. Calls of the store have a number, which their answer carries back;
 * one is under way at a time.
 */
public sealed interface ElectionCommand {
  /** Takes one of each kind: who is to take them all does not compile without one of them. */
  interface Handler {
    void on(ReadLease command);

    void on(TakeLead command);

    void on(Renew command);

    void on(HoldLock command);

    void on(DropLock command);

    void on(Lead command);

    void on(StepDown command);
  }

  void accept(Handler handler);

  /** Read the lease; ends with {@link Election#leaseRead} or {@link Election#storeFailed}. */
  record ReadLease(long number) implements ElectionCommand {
    @Override
    public void accept(Handler handler) {
      handler.on(this);
    }
  }

  /**
   * Raise the epoch of {@code seen} by one, if it is still that epoch and, unless {@code certain},
   * has not been renewed since. Take the lock of the new epoch before. Ends with {@link
   * Election#leadTaken}, {@link Election#leadMissed}, {@link Election#leadDeclined} or {@link
   * Election#storeFailed}.
   *
   * @param certain its leader is known to be gone
   */
  record TakeLead(long number, Lease seen, boolean certain) implements ElectionCommand {
    @Override
    public void accept(Handler handler) {
      handler.on(this);
    }
  }

  /**
   * Show that this leader lives; ends with {@link Election#renewed}, {@link
   * Election#renewalRefused} or {@link Election#storeFailed}.
   */
  record Renew(long number, long epoch) implements ElectionCommand {
    @Override
    public void accept(Handler handler) {
      handler.on(this);
    }
  }

  /**
   * Wait for the lock that the leader of this epoch holds as long as it lives, and for no other;
   * {@link Election#lockHeld} hears of it. For the leader itself: take it again if it is lost.
   */
  record HoldLock(long epoch) implements ElectionCommand {
    @Override
    public void accept(Handler handler) {
      handler.on(this);
    }
  }

  /** Give up every lock, and wait for none. */
  record DropLock() implements ElectionCommand {
    @Override
    public void accept(Handler handler) {
      handler.on(this);
    }
  }

  /** This master leads from now on. */
  record Lead(long epoch) implements ElectionCommand {
    @Override
    public void accept(Handler handler) {
      handler.on(this);
    }
  }

  /** This master leads no more: nothing may be written, and nobody served, as the leader. */
  record StepDown(String reason) implements ElectionCommand {
    @Override
    public void accept(Handler handler) {
      handler.on(this);
    }
  }
}
