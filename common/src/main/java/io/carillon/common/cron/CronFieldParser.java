package io.carillon.common.cron;

import java.util.BitSet;

/**
 * Reads one field of an expression. Used once, by one thread.
 *
 * <p>What it has read are plain values, and of the day fields of QUARTZ the sets of {@link
 * SpecialDays}.
 */
final class CronFieldParser {

  private final FieldText in;
  private final CronDialect dialect;
  private final CronField field;
  private final int slot;

  private final BitSet values = new BitSet();
  private boolean stretches;
  private boolean any;
  private boolean unrestricted;

  private int fromEnd;
  private int nearestWeekdays;
  private int nearestFromEnd;
  private long nthOfWeek;
  private int lastOfWeek;

  /**
   * @param slot what the values of H are made of
   */
  CronFieldParser(FieldText in, CronDialect dialect, CronField field, int slot) {
    this.in = in;
    this.dialect = dialect;
    this.field = field;
    this.slot = slot;
  }

  /** The values allowed; of a day of the week 0 for Sunday to 6, in every dialect. */
  BitSet values() {
    return values;
  }

  /** The same as bits; of a field whose values are less than 64. */
  long bits() {
    return values.isEmpty() ? 0 : values.toLongArray()[0];
  }

  /** The special days of this and the other day field. */
  SpecialDays specialDays(CronFieldParser dayOfWeek) {
    return new SpecialDays(
        fromEnd, nearestWeekdays, nearestFromEnd, dayOfWeek.nthOfWeek, dayOfWeek.lastOfWeek);
  }

  /** Whether it has several values, by a wildcard, step or range. */
  boolean repeats() {
    return stretches && values.cardinality() > 1;
  }

  /** Whether it is {@code ?}. */
  boolean any() {
    return any;
  }

  /** Whether it begins with * or ?, and so leaves the choice of days to the other day field. */
  boolean unrestricted() {
    return unrestricted;
  }

  /** Of the years, whether no year is left out: not even those before the field's first. */
  boolean everyYear() {
    return unrestricted && values.cardinality() == size();
  }

  CronFieldParser parse() {
    unrestricted = in.peek() == '*' || in.peek() == '?';
    do {
      element();
    } while (!in.atEnd() && comma());
    return this;
  }

  private boolean comma() {
    in.expect(',');
    return true;
  }

  private void element() {
    if (in.peek() == '*') {
      wildcard();
    } else if (in.peek() == '?' && dialect == CronDialect.QUARTZ) {
      question();
    } else if (in.atSign('H') && field != CronField.YEAR) {
      hashSlot();
    } else if (in.peek() == '~' && field != CronField.YEAR) {
      in.expect('~');
      boolean open = in.atEnd() || in.peek() == ',' || in.peek() == '/';
      int start = in.at();
      chosen(field.min, open ? field.lastOfHash() : rangeEnd(start, field.min));
    } else if (in.peek() == 'L' && dialect == CronDialect.QUARTZ && field.isDay()) {
      last();
    } else {
      valueOrRange();
    }
  }

  private void wildcard() {
    boolean first = in.atBegin();
    int start = in.at();
    in.expect('*');
    stretches = true;
    if (in.peek() != '/' && !(first && in.atEnd())) {
      throw in.atEnd() || in.peek() == ','
          ? FieldText.fault(
              start, "* already is every " + field.label + ": it stands alone in its field.")
          : in.unexpected();
    }
    add(field.min, field.lastOfWildcard(), step());
  }

  private void question() {
    if (!field.isDay()) {
      throw in.unexpected();
    }
    boolean first = in.atBegin();
    int start = in.at();
    in.expect('?');
    if (!first || !in.atEnd()) {
      throw FieldText.fault(start, "? stands alone in its field.");
    }
    any = true;
    add(field.min, field.max, 1);
  }

  /** H, H(a-b), either with a step: the hash chooses one of the values, or where to begin. */
  private void hashSlot() {
    in.expect('H');
    int first = field.min;
    int last = field.lastOfHash();
    if (in.take('(')) {
      int start = in.at();
      first = in.value();
      in.expect('-');
      last = rangeEnd(start, first);
      in.expect(')');
    }
    chosen(first, last);
  }

  /** One of the values of a range, or where to begin with a step. */
  private void chosen(int first, int last) {
    boolean stepped = in.peek() == '/';
    int choices = last - first + 1;
    if (stepped) {
      int step = step();
      stretches = true;
      add(first + HashSlot.choose(slot, field, Math.min(step, choices)), last, step);
    } else {
      int value = first + HashSlot.choose(slot, field, choices);
      add(value, value, 1);
    }
  }

  /** In day-of-month L, L-n, LW, L-nW; in day-of-week L for Saturday. */
  private void last() {
    boolean first = in.atBegin();
    int start = in.at();
    in.expect('L');
    if (field == CronField.DAY_OF_MONTH) {
      int before = in.take('-') ? in.number("L-", 0, 30) : 0;
      if (in.take('W')) {
        nearestFromEnd |= 1 << before;
      } else {
        fromEnd |= 1 << before;
      }
    } else if (!first || in.peek() == ',') {
      throw FieldText.fault(
          start,
          "L in the day-of-week field means Saturday, and stands alone in it: write SAT in a list,"
              + " or with the day before it, as in 6L, for the last one of the month.");
    } else {
      add(field.max, field.max, 1);
    }
  }

  private void valueOrRange() {
    int start = in.at();
    int first = in.value();
    int last = first;
    if (special(first)) {
      return;
    }
    if (field != CronField.YEAR && in.take('~')) {
      boolean open = in.atEnd() || in.peek() == ',' || in.peek() == '/';
      chosen(first, open ? Math.max(first, field.lastOfHash()) : rangeEnd(start, first));
      return;
    }
    if (in.take('-')) {
      last = rangeEnd(start, first);
      stretches = true;
    } else if (in.peek() == '/') {
      last = field.lastOfWildcard();
      if (first > last) {
        throw FieldText.fault(
            start, "A step begins at 0-6 in the day-of-week field: write Sunday as 0.");
      }
    }
    add(first, last, step());
  }

  /** Reads the sign of Quartz that makes a value more than itself, if there is one. */
  private boolean special(int value) {
    if (field == CronField.QUARTZ_DAY_OF_WEEK && in.take('L')) {
      lastOfWeek |= 1 << (value - 1);
      return true;
    }
    if (field == CronField.QUARTZ_DAY_OF_WEEK && in.take('#')) {
      int nth = in.number("#", 1, 5);
      nthOfWeek |= 1L << (7 * (nth - 1) + value - 1);
      return true;
    }
    if (field == CronField.DAY_OF_MONTH && dialect == CronDialect.QUARTZ && in.take('W')) {
      nearestWeekdays |= 1 << value;
      return true;
    }
    return false;
  }

  /** The end of a range that began at {@code start}; beyond the greatest value if it wraps. */
  private int rangeEnd(int start, int first) {
    boolean named = QuartzSigns.isLetter(in.peek());
    int last = in.value();
    if (field == CronField.DAY_OF_WEEK && named && last == 0 && first > 0) {
      last = 7;
    }
    if (first <= last) {
      return last;
    }
    if (dialect == CronDialect.QUARTZ && field != CronField.YEAR) {
      return last + size();
    }
    String hint = "write it as two ranges, as in " + twoRanges(first, last) + ".";
    if (field == CronField.DAY_OF_WEEK && last == 0) {
      hint = "write Sunday as 7 at the end of a range.";
    } else if (field == CronField.YEAR) {
      hint = "write the earlier year first.";
    }
    throw FieldText.fault(
        start,
        "The range "
            + in.since(start)
            + " of the "
            + field.label
            + " field runs backwards; "
            + hint);
  }

  private String twoRanges(int first, int last) {
    return first + "-" + field.lastOfWildcard() + "," + field.min + "-" + last;
  }

  private int step() {
    if (!in.take('/')) {
      return 1;
    }
    stretches = true;
    return in.step(field.maxStep());
  }

  /**
   * @param last beyond the greatest value in a range that wraps around
   */
  private void add(int first, int last, int step) {
    for (int value = first; value <= last; value += step) {
      int wrapped = value > field.max ? value - size() : value;
      switch (field) {
        case DAY_OF_WEEK -> values.set(wrapped % 7);
        case QUARTZ_DAY_OF_WEEK -> values.set(wrapped - 1);
        default -> values.set(wrapped);
      }
    }
  }

  private int size() {
    return field.max - field.min + 1;
  }
}
