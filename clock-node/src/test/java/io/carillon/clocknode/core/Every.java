package io.carillon.clocknode.core;

import io.carillon.common.schedule.Occurrences;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;

/**
 * Fires at every multiple of a period, up to an end, but not from one time to before another:
 * {@code every 1000 until 5000 jitter 300 from 2000 to 4000}.
 */
public record Every(long period, long until, long jitterMicros, long from, long to)
    implements Occurrences {

  Every(long period, long until) {
    this(period, until, 0, 0, 0);
  }

  /** From text, one object per text. */
  public static Function<String, Occurrences> specs() {
    Map<String, Occurrences> known = new HashMap<>();
    return text -> known.computeIfAbsent(text, Every::parse);
  }

  static Every parse(String text) {
    String[] words = text.split(" ");
    if (!words[0].equals("every")) {
      throw new IllegalArgumentException("unknown rule " + words[0]);
    }
    Map<String, Long> values = new HashMap<>();
    for (int i = 0; i < words.length; i += 2) {
      values.put(words[i], Long.parseLong(words[i + 1]));
    }
    return new Every(
        values.get("every"),
        values.getOrDefault("until", NEVER),
        values.getOrDefault("jitter", 0L),
        values.getOrDefault("from", 0L),
        values.getOrDefault("to", 0L));
  }

  private boolean isLeftOut(long micros) {
    return micros >= from && micros < to;
  }

  @Override
  public long nextAfter(long micros) {
    long next = (Math.floorDiv(micros, period) + 1) * period;
    if (isLeftOut(next)) {
      next = (Math.floorDiv(to - 1, period) + 1) * period;
    }
    return next > until ? NEVER : next;
  }

  @Override
  public long previousBefore(long micros) {
    long before = until == NEVER ? micros : Math.min(micros, until + 1);
    long previous = Math.floorDiv(before - 1, period) * period;
    return isLeftOut(previous) ? Math.floorDiv(from - 1, period) * period : previous;
  }

  @Override
  public boolean matches(long micros) {
    return micros % period == 0 && micros <= until && !isLeftOut(micros);
  }

  @Override
  public long count(long afterMicros, long upToMicros) {
    long end = Math.min(upToMicros, until);
    return multiples(afterMicros, end)
        - multiples(Math.max(afterMicros, from - 1), Math.min(end, to - 1));
  }

  private long multiples(long after, long upTo) {
    return Math.max(0, Math.floorDiv(upTo, period) - Math.floorDiv(after, period));
  }

  @Override
  public long last() {
    return until;
  }
}
