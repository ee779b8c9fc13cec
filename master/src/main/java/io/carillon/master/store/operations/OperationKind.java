package io.carillon.master.store.operations;

/** What an operation does. The codes are those of the API and of the database. */
public enum OperationKind {
  BACKFILL(1),
  PAUSE(2),
  RESUME(3);

  private final int code;

  OperationKind(int code) {
    this.code = code;
  }

  public int code() {
    return code;
  }

  public static OperationKind of(int code) {
    return values()[code - 1];
  }
}
