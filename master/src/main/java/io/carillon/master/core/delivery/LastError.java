package io.carillon.master.core.delivery;

import java.math.BigDecimal;

/** Why a fire is parked or a dead letter, in plain words: what befell its last attempt. */
final class LastError {

  static final String STREAM_ENDED = "its stream ended before it was acknowledged";

  /** Of one whose attempts another leader made. */
  static final String USED_UP = "not acknowledged at its last attempt, before a change of leader";

  private LastError() {}

  /** What a subscriber said, or that it said nothing. */
  static String refused(String reason) {
    return reason.isEmpty() ? "refused without a reason" : reason;
  }

  static String lapsed(long ackTimeoutMicros) {
    BigDecimal seconds = BigDecimal.valueOf(ackTimeoutMicros, 6).stripTrailingZeros();
    return "not acknowledged within " + seconds.toPlainString() + " s";
  }
}
