package io.carillon.master.core.delivery;

/** How fires leave. The codes are those of the API and of the database. */
public enum DestinationKind {
  /** Consumers fetch them: they subscribe. */
  STREAM(1);

  private final int code;

  DestinationKind(int code) {
    this.code = code;
  }

  public int code() {
    return code;
  }

  public static DestinationKind of(int code) {
    for (DestinationKind kind : values()) {
      if (kind.code == code) {
        return kind;
      }
    }
    throw new IllegalArgumentException("no kind of destination has the code " + code);
  }
}
