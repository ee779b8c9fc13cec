package io.carillon.common.fire;

/** Why a fire came to be. Codes and letters are stored: they are never given another meaning. */
public enum FireKind {
  /** By a nominal time of the spec. */
  SCHEDULED(0, 's'),
  /** By a call that triggered the schedule. */
  MANUAL(1, 'm');

  private final int code;
  private final char letter;

  FireKind(int code, char letter) {
    this.code = code;
    this.letter = letter;
  }

  public int code() {
    return code;
  }

  public char letter() {
    return letter;
  }

  /**
   * The kind of a code.
   *
   * @throws IllegalArgumentException if it has none
   */
  public static FireKind ofCode(int code) {
    for (FireKind kind : values()) {
      if (kind.code == code) {
        return kind;
      }
    }
    throw new IllegalArgumentException("No kind of fire has the code " + code);
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
