package io.carillon.simulation.check;

import io.carillon.common.fire.SkipReason;
import io.carillon.common.schedule.CatchUp;
import java.util.function.IntSupplier;

/** Which times a schedule's catch-up lets be skipped, said once more, apart from the product. */
public final class SkipRule {

  private SkipRule() {}

  /**
   * Whether a time may be skipped for a reason.
   *
   * @param last the time; of a run of times the last one. Microseconds
   * @param latest how late it may have been, at most, when that was decided
   * @param later how many times came after it that count for the limit
   */
  public static boolean allows(
      SkipReason reason, CatchUp catchUp, long last, long latest, IntSupplier later) {
    boolean missed = last <= latest - catchUp.graceMicros();
    return switch (reason) {
      case CATCHUP_WINDOW -> last <= latest - catchUp.windowMicros();
      case CATCHUP_NONE -> catchUp.limit() == 0 && missed;
      case CATCHUP_LIMIT -> catchUp.limit() > 0 && missed && later.getAsInt() >= catchUp.limit();
      case NONE -> false;
    };
  }
}
