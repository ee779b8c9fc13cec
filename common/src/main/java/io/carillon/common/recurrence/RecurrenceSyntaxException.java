package io.carillon.common.recurrence;

/** A recurrence rule that is refused, and where the fault is. */
public final class RecurrenceSyntaxException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final int position;

  /**
   * @param position index of the fault in the text, from 0; -1 if it lies in how parts go together
   * @param message what is wrong and what is allowed, for people
   */
  public RecurrenceSyntaxException(int position, String message) {
    super(message);
    this.position = position;
  }

  public int position() {
    return position;
  }
}
