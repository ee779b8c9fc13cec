package io.carillon.master.core.write;

import io.carillon.master.core.write.WriteTries.Next;

/**
 * A write of a lane, tried until its outcome is known. The lane waits for {@link #pauseMicros},
 * makes the {@link #call} once, hands in its answer, and goes on with what it gets for that.
 */
public final class LaneWrite {

  /** Hears what is not for the core. */
  public interface Listener {

    /** The store began or ceased to answer, as its last answer shows. */
    void available(boolean available, StoreAnswer last);

    /**
     * This leader must not go on: another one leads (STALE_EPOCH), or what is stored is not what
     * this one believes.
     */
    void over(StoreAnswer why);
  }

  /** What follows from an outcome. */
  interface Then {
    /**
     * @param done it is durable; else it did not happen, and is refused for good
     * @param last how the write ended as it was tried last
     * @return the write to go on with; null: none
     */
    LaneWrite ended(boolean done, int attempts, StoreAnswer last);
  }

  private final StoreCall write;

  /** Reads whether an earlier try happened; null: none is ever in the way of a later one. */
  private final StoreCall check;

  private final Listener listener;
  private final Then then;
  private final WriteTries tries = new WriteTries();
  private StoreCall call;
  private StoreAnswer last;
  private boolean away;

  LaneWrite(StoreCall write, StoreCall check, Listener listener, Then then) {
    this.write = write;
    this.check = check;
    this.listener = listener;
    this.then = then;
    this.call = write;
  }

  /** What to ask the store now. */
  public StoreCall call() {
    return call;
  }

  /** How long to wait before. */
  public long pauseMicros() {
    return tries.pauseMicros();
  }

  /**
   * The call ended.
   *
   * @return what to go on with, perhaps this one; null: the outcome was told
   */
  public LaneWrite answered(StoreAnswer answer) {
    Next next = call == write ? tried(answer) : read(answer);
    switch (next) {
      case DONE, REJECTED:
        if (away) {
          listener.available(true, answer);
        }
        return then.ended(next == Next.DONE, tries.attempts(), last);
      case OVER:
        listener.over(answer);
        return null;
      case READ_BACK:
        call = check;
        return this;
      case TRY_AGAIN, READ_BACK_AGAIN:
        if (!away) {
          away = true;
          listener.available(false, answer);
        }
        return this;
    }
    throw new AssertionError(next);
  }

  private Next tried(StoreAnswer answer) {
    last = answer;
    Next next = tries.tried(answer.ending());
    return next == Next.READ_BACK && check == null ? tries.readBack(false) : next;
  }

  private Next read(StoreAnswer answer) {
    return switch (answer.ending()) {
      case COMMITTED -> tries.readBack(true);
      case REJECTED, MISMATCH, UNWRITABLE -> tries.readBack(false);
      case UNKNOWN -> tries.readFailed();
      case STALE_EPOCH, BROKEN -> Next.OVER;
    };
  }
}
