package io.carillon.master.store.operations;

/** How an operation stands. The codes are those of the API and of the database. */
public enum OperationState {
  RUNNING(1),
  SUCCEEDED(2),
  CANCELLED(3),
  FAILED(4);

  private final int code;

  OperationState(int code) {
    this.code = code;
  }

  public int code() {
    return code;
  }

  public static OperationState of(int code) {
    return values()[code - 1];
  }
}
