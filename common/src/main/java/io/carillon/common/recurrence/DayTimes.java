package io.carillon.common.recurrence;

/** Which seconds of a day a rule names, on the days that it names. */
interface DayTimes {

  /** Answered where there is no such second. */
  int NONE = -1;

  int DAY = 86_400;

  /** The first at or after {@code second}, from 0 to a day's length, or {@link #NONE}. */
  int next(int day, int second);

  /** The last before {@code second}, from 0 to a day's length, or {@link #NONE}. */
  int previous(int day, int second);

  /** How many are before {@code second}, from 0 to a day's length. */
  int countBefore(int day, int second);

  /** The one that {@code index} others precede; there must be as many. */
  int at(int day, int index);

  /** How many every day has, or {@link #NONE} if days differ. */
  int perDay();
}
