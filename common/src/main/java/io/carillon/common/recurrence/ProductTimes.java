package io.carillon.common.recurrence;

/**
 * Every combination of an hour, a minute and a second, of which there is at least one each.
 *
 * @param hours bits 0 to 23
 * @param minutes bits 0 to 59
 * @param seconds bits 0 to 59
 */
record ProductTimes(int hours, long minutes, long seconds) implements TimeSet {

  @Override
  public int next(int second) {
    int hour = second / 3600;
    int minute = second / 60 % 60;
    if (has(hours, hour)) {
      if (has(minutes, minute)) {
        long later = seconds & -1L << second % 60;
        if (later != 0) {
          return second - second % 60 + Long.numberOfTrailingZeros(later);
        }
      }
      long later = minutes & -2L << minute;
      if (later != 0) {
        return hour * 3600 + Long.numberOfTrailingZeros(later) * 60 + lowest(seconds);
      }
    }
    long later = hours & -2L << hour;
    return later == 0 ? NONE : (lowest(later) * 60 + lowest(minutes)) * 60 + lowest(seconds);
  }

  @Override
  public int previous(int second) {
    int hour = second / 3600;
    int minute = second / 60 % 60;
    if (has(hours, hour)) {
      if (has(minutes, minute)) {
        long earlier = seconds & (1L << second % 60) - 1;
        if (earlier != 0) {
          return second - second % 60 + highest(earlier);
        }
      }
      long earlier = minutes & (1L << minute) - 1;
      if (earlier != 0) {
        return hour * 3600 + highest(earlier) * 60 + highest(seconds);
      }
    }
    long earlier = hours & (1L << hour) - 1;
    return earlier == 0 ? NONE : (highest(earlier) * 60 + highest(minutes)) * 60 + highest(seconds);
  }

  @Override
  public int countBefore(int second) {
    int hour = second / 3600;
    int minute = second / 60 % 60;
    int perMinute = Long.bitCount(seconds);
    int total = Long.bitCount(hours & (1L << hour) - 1) * Long.bitCount(minutes) * perMinute;
    if (has(hours, hour)) {
      total += Long.bitCount(minutes & (1L << minute) - 1) * perMinute;
      if (has(minutes, minute)) {
        total += Long.bitCount(seconds & (1L << second % 60) - 1);
      }
    }
    return total;
  }

  @Override
  public int at(int index) {
    int perMinute = Long.bitCount(seconds);
    int perHour = Long.bitCount(minutes) * perMinute;
    int hour = nth(hours, index / perHour);
    int minute = nth(minutes, index % perHour / perMinute);
    return hour * 3600 + minute * 60 + nth(seconds, index % perMinute);
  }

  @Override
  public int size() {
    return Integer.bitCount(hours) * Long.bitCount(minutes) * Long.bitCount(seconds);
  }

  private static boolean has(long bits, int bit) {
    return (bits >>> bit & 1) != 0;
  }

  private static int lowest(long bits) {
    return Long.numberOfTrailingZeros(bits);
  }

  private static int highest(long bits) {
    return 63 - Long.numberOfLeadingZeros(bits);
  }

  private static int nth(long bits, int index) {
    long left = bits;
    for (int i = 0; i < index; i++) {
      left &= left - 1;
    }
    return Long.numberOfTrailingZeros(left);
  }
}
