package io.carillon.cli;

/** A server could not be started; the message says what to do about it. */
final class StartException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int exitCode;

  StartException(String message, int exitCode, Throwable cause) {
    super(message, cause);
    this.exitCode = exitCode;
  }

  int exitCode() {
    return exitCode;
  }
}
