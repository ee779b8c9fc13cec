package io.carillon.common.fire;

/** Why a fire came to be. Codes and letters are stored: they are never given another meaning. */
public enum FireKind {
  /** By a nominal time of the spec. */
  SCHEDULED('s'),
  /** By a call that triggered the schedule. */
  MANUAL('m'),
  /**
   * By a backfill. Each backfill of a schedule has a code of its own, so that its fires never
   * collide with those of another, nor with scheduled ones.
   */
  BACKFILL('b');

  /** Backfills of a schedule are numbered from 1 up to this. */
  public static final int MAX_BACKFILL = 32_000;

  private final char letter;

  FireKind(char letter) {
    this.letter = letter;
  }

  public char letter() {
    return letter;
  }

  /**
   * The code under which a fire is stored: 0 for scheduled, 1 for manual, 1 + n for the n-th
   * backfill.
   *
   * @param backfill 0 for other kinds
   * @throws IllegalArgumentException if there can be no such backfill
   */
  public int code(int backfill) {
    int least = this == BACKFILL ? 1 : 0;
    if (backfill < least || backfill > (this == BACKFILL ? MAX_BACKFILL : 0)) {
      throw new IllegalArgumentException(
          backfill + " is not the number of a backfill for a fire that is " + this);
    }
    return switch (this) {
      case SCHEDULED -> 0;
      case MANUAL -> 1;
      case BACKFILL -> 1 + backfill;
    };
  }

  /**
   * The kind of a code.
   *
   * @throws IllegalArgumentException if it has none
   */
  public static FireKind ofCode(int code) {
    if (code < 0 || code > 1 + MAX_BACKFILL) {
      throw new IllegalArgumentException("No kind of fire has the code " + code);
    }
    return code == 0 ? SCHEDULED : code == 1 ? MANUAL : BACKFILL;
  }

  /** The number of the backfill in a code; 0 if it is one of another kind. */
  public static int backfillOf(int code) {
    return Math.max(0, code - 1);
  }

  /**
   * The kind of a letter.
   *
   * @throws IllegalArgumentException if it has none
   */
  public static FireKind ofLetter(char letter) {
    for (FireKind kind : values()) {
      if (kind.letter == letter) {
        return kind;
      }
    }
    throw new IllegalArgumentException("No kind of fire has the letter '" + letter + "'");
  }
}
