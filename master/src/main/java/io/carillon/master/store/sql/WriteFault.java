package io.carillon.master.store.sql;

import com.google.common.base.Splitter;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.HashSet;
import java.util.Set;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/** What a failed write means, read off the error. */
public enum WriteFault {
  /** The leader epoch is over: another master leads. */
  DEPOSED,
  /** A partition is not at the epoch and watermark that the core had for it. */
  MISMATCH,
  /** A row is there already, or a row that it needs is not. */
  INTEGRITY,
  /** PostgreSQL cannot take a value that is in it. */
  DATA,
  /** PostgreSQL cannot do such a statement, whatever is in it. */
  STATEMENT,
  /** Not a word of PostgreSQL's: a fault of this program. */
  BUG,
  /** Not known whether it happened, or PostgreSQL could not do it now: try again. */
  UNKNOWN;

  static final String DEPOSED_STATE = "CA001";
  static final String MISMATCH_STATE = "CA002";

  /** Begins the reason of a mutation that is refused for a value in it; more follows. */
  static final String INVALID = "INVALID_VALUE ";

  private static final String REQUEST_USED_STATE = "CA003";
  private static final String NAME_TAKEN_STATE = "CA004";
  private static final String NO_DESTINATION_STATE = "CA005";

  public static WriteFault of(Throwable failure) {
    boolean answered = false;
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLTransientConnectionException) {
        // The pool has no connection to give: whatever it adds, nothing was tried.
        return UNKNOWN;
      }
      if (cause instanceof SQLException refused) {
        answered = true;
        WriteFault fault = of(String.valueOf(refused.getSQLState()));
        if (fault != UNKNOWN) {
          return fault;
        }
      }
    }
    return answered ? UNKNOWN : BUG;
  }

  /** Of an SQLSTATE. What is not named here may pass. */
  private static WriteFault of(String state) {
    switch (state) {
      case DEPOSED_STATE:
        return DEPOSED;
      case MISMATCH_STATE:
        return MISMATCH;
      case REQUEST_USED_STATE, NAME_TAKEN_STATE, NO_DESTINATION_STATE:
        return INTEGRITY;
      default:
        return switch (state.substring(0, Math.min(2, state.length()))) {
          case "23" -> INTEGRITY;
          // Cardinality, data, what a trigger raises.
          case "21", "22", "P0" -> DATA;
          // With check option, syntax or access rule, program limit.
          case "44", "42", "54" -> STATEMENT;
          default -> UNKNOWN;
        };
    }
  }

  /** Whether the same write will be refused again and again. */
  public boolean isRefusal() {
    return this == MISMATCH || this == INTEGRITY || this == DATA || this == STATEMENT;
  }

  /** Why a mutation is refused, for the client; null if that is not what the failure means. */
  public static String refusal(Throwable failure) {
    WriteFault fault = of(failure);
    if (fault == DATA || fault == STATEMENT) {
      return INVALID + text(failure);
    }
    if (fault != INTEGRITY) {
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
  public static Set<Integer> rows(Throwable failure) {
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

  /** What PostgreSQL says, with its detail and SQLSTATE, in one line. */
  public static String text(Throwable failure) {
    ServerErrorMessage message = message(failure);
    if (message == null) {
      return String.valueOf(failure.getMessage()).replaceAll("\\s+", " ");
    }
    String detail = message.getDetail() == null ? "" : ": " + message.getDetail();
    return (message.getMessage() + detail).replaceAll("\\s+", " ")
        + " (SQLSTATE "
        + message.getSQLState()
        + ")";
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
