package io.carillon.master.verification;

import java.util.SortedSet;
import java.util.StringJoiner;

/** Numbers as people read them: 0-255 in place of 256 numbers. */
final class NumberRanges {

  private NumberRanges() {}

  static String text(SortedSet<Integer> numbers) {
    StringJoiner text = new StringJoiner(", ");
    int first = -1;
    int last = -1;
    for (int number : numbers) {
      if (first >= 0 && number != last + 1) {
        text.add(range(first, last));
        first = number;
      }
      first = first < 0 ? number : first;
      last = number;
    }
    if (first >= 0) {
      text.add(range(first, last));
    }
    return text.toString();
  }

  private static String range(int first, int last) {
    return first == last ? "" + first : first + "-" + last;
  }
}
