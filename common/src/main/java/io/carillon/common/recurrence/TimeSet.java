package io.carillon.common.recurrence;

/** Seconds of a day, an hour or a minute, the same for every one. Immutable. */
interface TimeSet extends DayTimes {

  /** The first at or after {@code second}, or {@link #NONE}. */
  int next(int second);

  /** The last before {@code second}, or {@link #NONE}. */
  int previous(int second);

  int countBefore(int second);

  int at(int index);

  int size();

  @Override
  default int next(int day, int second) {
    return next(second);
  }

  @Override
  default int previous(int day, int second) {
    return previous(second);
  }

  @Override
  default int countBefore(int day, int second) {
    return countBefore(second);
  }

  @Override
  default int at(int day, int index) {
    return at(index);
  }

  @Override
  default int perDay() {
    return size();
  }
}
