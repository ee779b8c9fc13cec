package io.carillon.master.store;

/** This master may write no more: another leads, or what is stored is not what it believes. */
public final class LostLeadershipException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public LostLeadershipException(String message) {
    super(message);
  }
}
