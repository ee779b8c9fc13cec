package io.carillon.cli;

/** A server could not be started; the message says what to do about it. */
final class StartException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  StartException(String message, Throwable cause) {
    super(message, cause);
  }
}
