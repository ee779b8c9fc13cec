package io.carillon.master.store;

import com.google.common.base.Splitter;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.Set;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

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
  private static final String REQUEST_USED_STATE = "CA003";
  private static final String NAME_TAKEN_STATE = "CA004";
  private static final String NO_DESTINATION_STATE = "CA005";

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
        if (state.startsWith("23")
            || state.equals(REQUEST_USED_STATE)
            || state.equals(NAME_TAKEN_STATE)
            || state.equals(NO_DESTINATION_STATE)) {
          return INTEGRITY;
        }
      }
    }
    return UNKNOWN;
  }

  /** Why a mutation is refused, for the client; null if that is not what the failure means. */
  static String refusal(Throwable failure) {
    if (of(failure) != INTEGRITY) {
      return null;
    }
    ServerErrorMessage message = message(failure);
    if (message == null) {
      return "CONSTRAINT";
    }
    return switch (String.valueOf(message.getSQLState())) {
      case REQUEST_USED_STATE -> "REQUEST_ID_REUSED";
      case NAME_TAKEN_STATE -> "SCHEDULE_EXISTS";
      case NO_DESTINATION_STATE -> "DESTINATION_NOT_FOUND";
      default -> "CONSTRAINT " + message.getConstraint();
    };
  }

  /** Which rows of a write are the reason of its refusal, counted from 1; empty if not known. */
  static Set<Integer> rows(Throwable failure) {
    ServerErrorMessage message = message(failure);
    Set<Integer> rows = new HashSet<>();
    if (message != null
        && message.getDetail() != null
        && of(failure) == INTEGRITY
        && !message.getSQLState().startsWith("23")) {
      for (String row : Splitter.on(',').omitEmptyStrings().split(message.getDetail())) {
        rows.add(Integer.valueOf(row));
      }
    }
    return rows;
  }

  private static ServerErrorMessage message(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof PSQLException refused && refused.getServerErrorMessage() != null) {
        return refused.getServerErrorMessage();
      }
    }
    return null;
  }
}
