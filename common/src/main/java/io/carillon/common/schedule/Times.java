package io.carillon.common.schedule;

/** The nominal times of a rule without bounds. */
interface Times extends Occurrences {

  /**
   * The n-th nominal time strictly after {@code afterMicros}, counted from 1, or {@link #NEVER} if
   * there are fewer.
   */
  long nthAfter(long afterMicros, long n);
}
