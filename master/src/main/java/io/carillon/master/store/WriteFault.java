package io.carillon.master.store;

import java.sql.SQLException;

/** What a failed write means, read off the error. */
enum WriteFault {
  /** The leader epoch is over: another master leads. */
  DEPOSED,
  /** A partition is not at the epoch and watermark that the core had for it. */
  MISMATCH,
  /** A row is there already, or a row that it needs is not. */
  INTEGRITY,
  /** Not known whether it happened, or PostgreSQL could not do it now: try again. */
  UNKNOWN;

  static final String DEPOSED_STATE = "CA001";
  static final String MISMATCH_STATE = "CA002";

  static WriteFault of(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException) {
        String state = ((SQLException) cause).getSQLState();
        if (state == null) {
          continue;
        }
        if (state.equals(DEPOSED_STATE)) {
          return DEPOSED;
        }
        if (state.equals(MISMATCH_STATE)) {
          return MISMATCH;
        }
        if (state.startsWith("23")) {
          return INTEGRITY;
        }
      }
    }
    return UNKNOWN;
  }

  /** Name of the constraint that was violated, or empty. */
  static String constraint(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof org.postgresql.util.PSQLException) {
        org.postgresql.util.ServerErrorMessage message =
            ((org.postgresql.util.PSQLException) cause).getServerErrorMessage();
        if (message != null && message.getConstraint() != null) {
          return message.getConstraint();
        }
      }
    }
    return "";
  }
}
