package io.carillon.common.cron;

/** A cron expression that is refused, and where the fault is. */
public final class CronSyntaxException extends IllegalArgumentException {

  private static final long serialVersionUID = 1L;

  private final int position;

  /**
   * @param position index of the fault in the expression, from 0 to its length
   * @param message what is wrong and what is allowed, for people
   */
  public CronSyntaxException(int position, String message) {
    super(message);
    this.position = position;
  }

  public int position() {
    return position;
  }
}
