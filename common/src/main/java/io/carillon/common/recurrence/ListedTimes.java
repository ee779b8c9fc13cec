package io.carillon.common.recurrence;

import java.util.Arrays;

/** Those of a set of times that BYSETPOS picks; perhaps none. */
final class ListedTimes implements TimeSet {

  private final int[] times;

  ListedTimes(TimeSet all, Positions positions) {
    times =
        Arrays.stream(positions.of(all.size())).mapToInt(index -> all.at((int) index)).toArray();
  }

  @Override
  public int next(int second) {
    int index = countBefore(second);
    return index == times.length ? NONE : times[index];
  }

  @Override
  public int previous(int second) {
    int index = countBefore(second);
    return index == 0 ? NONE : times[index - 1];
  }

  @Override
  public int countBefore(int second) {
    int found = Arrays.binarySearch(times, second);
    return found < 0 ? -found - 1 : found;
  }

  @Override
  public int at(int index) {
    return times[index];
  }

  @Override
  public int size() {
    return times.length;
  }
}
