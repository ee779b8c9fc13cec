package io.carillon.common.schedule;

/** A spec that is refused: which field, for what reason, and where in its text. */
public final class SpecException extends IllegalArgumentException {

  private static final long serialVersionUID = 1L;

  private final String field;
  private final String reason;
  private final int position;

  /**
   * @param field path from the spec, as in {@code cron.expression}
   * @param reason a stable name in upper case, as in {@code CRON_SYNTAX}
   * @param position of the fault in the field's text, from 0; -1 if it has none
   * @param message what is wrong and what to do about it, for people
   */
  public SpecException(String field, String reason, int position, String message) {
    super(message);
    this.field = field;
    this.reason = reason;
    this.position = position;
  }

  public String field() {
    return field;
  }

  public String reason() {
    return reason;
  }

  public int position() {
    return position;
  }
}
