package io.carillon.master.operation;

/** An operation cannot go on. The message says to the client why, and what to do. */
public final class OperationFailedException extends Exception {

  private static final long serialVersionUID = 1L;

  public OperationFailedException(String message) {
    super(message);
  }
}
