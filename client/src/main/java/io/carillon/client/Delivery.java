package io.carillon.client;

import io.carillon.v1.DeliveredFire;
import java.time.Duration;

/**
 * One attempt to hand over one fire. The first of {@link #ack} and {@link #nack} counts; later ones
 * do nothing.
 */
public final class Delivery {

  private static final int MAX_REASON = 1000;

  private final FireStream stream;
  private final DeliveredFire fire;
  // Guarded by the stream.
  boolean settled;

  Delivery(FireStream stream, DeliveredFire fire) {
    this.stream = stream;
    this.fire = fire;
  }

  public DeliveredFire fire() {
    return fire;
  }

  /**
   * Done: not delivered again. It counts however late it is, also if the fire is with somebody else
   * by then, or the connection was lost meanwhile and is there again. Acknowledgements are sent in
   * bundles, so one may be lost with the connection; then the fire comes again.
   */
  public void ack() {
    stream.ack(this);
  }

  /**
   * Refused: delivered again after this long, from nothing to 24 hours. Ignored once the fire has
   * been taken from this consumer, because it took longer than ack_timeout or the connection was
   * lost: then it comes again anyway.
   */
  public void nack(Duration delay) {
    nack(delay, "");
  }

  /**
   * The same, and says why: {@code ListParkedFires} shows it to people.
   *
   * @param reason of one line and at most 1000 characters; line breaks and other control characters
   *     become spaces, what is longer is cut off
   */
  public void nack(Duration delay, String reason) {
    if (delay.isNegative() || delay.compareTo(Duration.ofHours(24)) > 0) {
      throw new IllegalArgumentException("a delay is from 0 to 24 hours: " + delay);
    }
    stream.nack(this, delay, line(reason));
  }

  /** What the master takes as a line: see Nack.reason. */
  private static String line(String text) {
    return text.codePoints()
        .limit(MAX_REASON)
        .map(c -> isControl(c) ? ' ' : c)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  private static boolean isControl(int c) {
    return Character.getType(c) == Character.SURROGATE
        || Character.isISOControl(c)
        || (c >= 0x2028 && c <= 0x202e)
        || (c >= 0x2066 && c <= 0x2069);
  }
}
