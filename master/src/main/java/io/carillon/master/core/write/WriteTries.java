package io.carillon.master.core.write;

/**
 * What to do after each try of one write of a lane.
 *
 * <p>A try that the store did not answer may have happened, now or later. So the write is tried
 * again as it is: the fence, the compare-and-set and the keys let it happen once only. A refusal
 * then means to read back whether an earlier try is the reason: it has waited for that one to end,
 * so what is read is final.
 */
public final class WriteTries {

  private static final long FIRST_PAUSE_MICROS = 20_000;
  private static final long LONGEST_PAUSE_MICROS = 500_000;

  /** How a try ended. */
  public enum Ending {
    COMMITTED,
    /** The leader epoch is over. */
    STALE_EPOCH,
    /** Something is not as the core believes, which only an earlier try can explain. */
    MISMATCH,
    /** The store refuses it for the sake of what is in it: to try again would change nothing. */
    REJECTED,
    /** The store can do no such write, whatever is in it. */
    UNWRITABLE,
    /** What is stored is not what the core believes, whatever was tried before. */
    BROKEN,
    /** Not known whether it happened, or the store could not do it now. */
    UNKNOWN
  }

  /** What is next. */
  public enum Next {
    /** It is durable. */
    DONE,
    /** It is refused for good, and did not happen. */
    REJECTED,
    /** Wait for {@link #pauseMicros}, then try the write again. */
    TRY_AGAIN,
    /** Read whether it is in the store; the answer goes to {@link #readBack}. */
    READ_BACK,
    /** Wait for {@link #pauseMicros}, then read that again. */
    READ_BACK_AGAIN,
    /** This leader must not go on. */
    OVER
  }

  private int attempts;
  private long pause;

  /** How often the write was tried. */
  public int attempts() {
    return attempts;
  }

  /** How long to wait before what is next. */
  public long pauseMicros() {
    return pause;
  }

  /** A try ended. */
  public Next tried(Ending ending) {
    attempts++;
    return switch (ending) {
      case COMMITTED -> Next.DONE;
      case STALE_EPOCH, BROKEN -> Next.OVER;
      case UNKNOWN -> later(Next.TRY_AGAIN);
      case MISMATCH -> readNow();
      // A first try was refused for what others did.
      case REJECTED, UNWRITABLE -> attempts == 1 ? Next.REJECTED : readNow();
    };
  }

  /** The read ended: the write is in the store, or is not. */
  public Next readBack(boolean found) {
    return found ? Next.DONE : Next.REJECTED;
  }

  /** The read was not answered. */
  public Next readFailed() {
    return later(Next.READ_BACK_AGAIN);
  }

  private Next readNow() {
    pause = 0;
    return Next.READ_BACK;
  }

  private Next later(Next next) {
    pause = pause == 0 ? FIRST_PAUSE_MICROS : Math.min(2 * pause, LONGEST_PAUSE_MICROS);
    return next;
  }
}
