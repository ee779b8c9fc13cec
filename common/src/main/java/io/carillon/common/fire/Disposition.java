package io.carillon.common.fire;

/** What became of a nominal time. Codes are stored: they are never given another meaning. */
public enum Disposition {
  /** It is delivered. */
  FIRED(0),
  /** It is not, for a {@link SkipReason}. */
  SKIPPED(1);

  private final int code;

  Disposition(int code) {
    this.code = code;
  }

  public int code() {
    return code;
  }

  /**
   * The disposition of a code.
   *
   * @throws IllegalArgumentException if it has none
   */
  public static Disposition ofCode(int code) {
    for (Disposition value : values()) {
      if (value.code == code) {
        return value;
      }
    }
    throw new IllegalArgumentException("No disposition has the code " + code);
  }
}
