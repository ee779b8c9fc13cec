package io.carillon.master.store.lead;

/** The leader epoch is over: another master leads, and nothing was written. */
public final class DeposedException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public DeposedException(long epoch) {
    super("leader epoch " + epoch + " is over");
  }
}
