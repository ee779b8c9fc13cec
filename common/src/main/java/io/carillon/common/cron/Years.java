package io.carillon.common.cron;

import java.util.BitSet;

/** A set of years from 1900 to 2099. Immutable. */
public final class Years {

  static final int FIRST = 1900;
  static final int LAST = 2099;

  /** Every year. */
  public static final Years ALL;

  static {
    BitSet all = new BitSet();
    all.set(FIRST, LAST + 1);
    ALL = new Years(all);
  }

  /** Bit n for the year n. Never changed. */
  private final BitSet years;

  private Years(BitSet years) {
    this.years = years;
  }

  /** The years whose bits are set. */
  static Years of(BitSet years) {
    return new Years((BitSet) years.clone());
  }

  public boolean contains(int year) {
    return years.get(year);
  }

  /** The first of the set at or after {@code year}; beyond {@link #LAST} if there is none. */
  int from(int year) {
    int found = years.nextSetBit(year);
    return found < 0 ? LAST + 1 : found;
  }

  /** The last of the set at or before {@code year}; before {@link #FIRST} if there is none. */
  int upTo(int year) {
    return years.previousSetBit(year);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Years that && years.equals(that.years);
  }

  @Override
  public int hashCode() {
    return years.hashCode();
  }

  @Override
  public String toString() {
    return equals(ALL) ? "all" : years.toString();
  }
}
