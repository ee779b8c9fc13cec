package io.carillon.chaos;

import java.util.Locale;

/** What the nemesis can do. In lower case with dashes they are the words of {@code --faults}. */
enum FaultKind {
  KILL_LEADER,
  KILL_LEADERS_IN_A_ROW,
  KILL_STANDBY,
  KILL_NODE,
  TERM_LEADER,
  TERM_STANDBY,
  TERM_NODE,
  PAUSE_LEADER,
  PAUSE_STANDBY,
  PAUSE_NODE,
  TERMINATE_SESSIONS,
  TERMINATE_COMMITS,
  DATABASE_IMMEDIATE,
  DATABASE_KILL,
  LOCK_STORM,
  CUT,
  HALF_OPEN,
  ONE_WAY,
  DELAY,
  THROTTLE,
  CLOCK_STEP,
  DUPLICATE_NODE;

  String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  static FaultKind of(String word) {
    return valueOf(word.strip().toUpperCase(Locale.ROOT).replace('-', '_'));
  }

  /** Two faults of one group would undo or hide each other: they never come together. */
  int group() {
    return switch (this) {
      case KILL_LEADER,
          KILL_LEADERS_IN_A_ROW,
          KILL_STANDBY,
          TERM_LEADER,
          TERM_STANDBY,
          PAUSE_LEADER,
          PAUSE_STANDBY ->
          0;
      case KILL_NODE, TERM_NODE, PAUSE_NODE -> 1;
      case TERMINATE_SESSIONS, TERMINATE_COMMITS, DATABASE_IMMEDIATE, DATABASE_KILL, LOCK_STORM ->
          2;
      case CUT, HALF_OPEN, ONE_WAY, DELAY, THROTTLE -> 3;
      case CLOCK_STEP -> 4;
      case DUPLICATE_NODE -> 1;
    };
  }

  boolean needsStandby() {
    return this == KILL_STANDBY || this == TERM_STANDBY || this == PAUSE_STANDBY;
  }
}
