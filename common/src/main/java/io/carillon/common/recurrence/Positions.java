package io.carillon.common.recurrence;

import java.util.Arrays;
import java.util.List;

/** The positions of BYSETPOS: from 1 at a set's begin, from -1 at its end. At least one. */
final class Positions {

  private final int[] fromBegin;
  private final int[] fromEnd;

  Positions(List<Integer> positions) {
    int[] sorted = positions.stream().mapToInt(Integer::intValue).sorted().distinct().toArray();
    fromBegin = Arrays.stream(sorted).filter(position -> position > 0).toArray();
    fromEnd = Arrays.stream(sorted).filter(position -> position < 0).toArray();
  }

  /** The indexes, from 0 and ascending, that they have in a set of some size. */
  long[] of(long size) {
    long[] indexes = new long[fromBegin.length + fromEnd.length];
    int found = 0;
    for (int position : fromBegin) {
      if (position <= size) {
        indexes[found++] = position - 1;
      }
    }
    for (int position : fromEnd) {
      if (-position <= size) {
        indexes[found++] = size + position;
      }
    }
    return Arrays.stream(indexes, 0, found).sorted().distinct().toArray();
  }

  /** The first index at or after {@code index} in a set of some size, or {@code size} if none. */
  long next(long size, long index) {
    long best = size;
    for (int position : fromBegin) {
      if (position > index) {
        best = Math.min(best, position - 1);
        break;
      }
    }
    for (int position : fromEnd) {
      if (size + position >= index && position + size >= 0) {
        return Math.min(best, size + position);
      }
    }
    return best;
  }

  /** The last index before {@code index} in a set of some size, or -1. */
  long previous(long size, long index) {
    long best = -1;
    for (int position : fromBegin) {
      if (position > Math.min(size, index)) {
        break;
      }
      best = position - 1;
    }
    for (int position : fromEnd) {
      if (size + position >= index) {
        break;
      }
      best = Math.max(best, size + position);
    }
    return best;
  }
}
