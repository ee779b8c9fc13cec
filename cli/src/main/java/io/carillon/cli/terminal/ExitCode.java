package io.carillon.cli.terminal;

import io.grpc.Status;

/** What the exit codes of the command mean. Scripts rely on them. */
public final class ExitCode {

  public static final int OK = 0;
  public static final int OTHER = 1;

  /** Wrong usage, or INVALID_ARGUMENT. */
  public static final int USAGE = 2;

  static final int NOT_FOUND = 3;

  /** ABORTED, ALREADY_EXISTS or FAILED_PRECONDITION. */
  public static final int CONFLICT = 4;

  public static final int AUTH = 5;

  /** UNAVAILABLE or DEADLINE_EXCEEDED: try again. */
  public static final int UNAVAILABLE = 6;

  /** Some members of a bulk were refused, the others are done. */
  public static final int PARTIAL = 7;

  /** The ledger lacks something, or has too much. */
  public static final int GAP = 8;

  /** Ctrl-C. The JVM sets it by itself when SIGINT ends it. */
  static final int INTERRUPTED = 130;

  private ExitCode() {}

  static int of(Status.Code code) {
    return switch (code) {
      case OK -> OK;
      case INVALID_ARGUMENT, OUT_OF_RANGE -> USAGE;
      case NOT_FOUND -> NOT_FOUND;
      case ABORTED, ALREADY_EXISTS, FAILED_PRECONDITION -> CONFLICT;
      case UNAUTHENTICATED, PERMISSION_DENIED -> AUTH;
      case UNAVAILABLE, DEADLINE_EXCEEDED -> UNAVAILABLE;
      case CANCELLED, UNKNOWN, RESOURCE_EXHAUSTED, UNIMPLEMENTED, INTERNAL, DATA_LOSS -> OTHER;
    };
  }
}
