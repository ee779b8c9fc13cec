package io.carillon.master.core;

/** States of a schedule as it is stored. The codes are those of the database. */
public enum ScheduleState {
  /** Fires, or has no time any more; whichever it is follows from its spec. */
  ACTIVE(1),
  /** Does not fire before its pause ends, or it is resumed. */
  PAUSED(2),
  DELETED(4);

  private final int code;

  ScheduleState(int code) {
    this.code = code;
  }

  public int code() {
    return code;
  }

  public static ScheduleState of(int code) {
    for (ScheduleState state : values()) {
      if (state.code == code) {
        return state;
      }
    }
    throw new IllegalArgumentException("no state of a schedule has the code " + code);
  }
}
