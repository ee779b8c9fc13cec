package io.carillon.master.calendar;

/** An iCalendar file, or one line of it, that cannot be taken, and where the fault is. */
public final class ICalendarException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final int line;
  private final String text;

  /**
   * @param line from 1; 0 if the fault is in no line
   * @param message what is wrong, for people
   */
  ICalendarException(int line, String message) {
    super(line == 0 ? message : "line " + line + " " + message);
    this.line = line;
    text = message;
  }

  /** From 1; 0 if the fault is in no line. */
  public int line() {
    return line;
  }

  /** The message without the line. */
  String text() {
    return text;
  }
}
