package io.carillon.master.store;

/** What is stored is not what this master believes: it must not go on. */
public final class StoreMismatchException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public StoreMismatchException(String message) {
    super(message);
  }
}
