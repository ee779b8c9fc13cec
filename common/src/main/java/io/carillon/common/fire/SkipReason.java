package io.carillon.common.fire;

/** Why a nominal time was skipped. Codes are stored: they are never given another meaning. */
public enum SkipReason {
  /** It was not: it fired. */
  NONE(0),
  /** It was further in the past than the schedule makes up for. */
  CATCHUP_WINDOW(1),
  /** It was missed, and the schedule makes up only for a number of the latest ones. */
  CATCHUP_LIMIT(2),
  /** It was missed, and the schedule makes up for none. */
  CATCHUP_NONE(3);

  private final int code;

  SkipReason(int code) {
    this.code = code;
  }

  public int code() {
    return code;
  }

  /**
   * The reason for skipping of a code.
   *
   * @throws IllegalArgumentException if it has none
   */
  public static SkipReason ofCode(int code) {
    for (SkipReason value : values()) {
      if (value.code == code) {
        return value;
      }
    }
    throw new IllegalArgumentException("No reason for skipping has the code " + code);
  }
}
