package io.carillon.clocknode.core;

import io.carillon.common.schedule.Occurrences;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;

/** Fires at every multiple of a period, up to an end: {@code every 1000 until 5000}. */
public record Every(long period, long until) implements Occurrences {

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
    return new Every(Long.parseLong(words[1]), words.length > 3 ? Long.parseLong(words[3]) : NEVER);
  }

  @Override
  public long nextAfter(long micros) {
    long next = (Math.floorDiv(micros, period) + 1) * period;
    return next > until ? NEVER : next;
  }

  @Override
  public long previousBefore(long micros) {
    return Math.floorDiv(Math.min(micros, until + 1) - 1, period) * period;
  }

  @Override
  public boolean matches(long micros) {
    return micros % period == 0 && micros <= until;
  }

  @Override
  public long count(long afterMicros, long upToMicros) {
    long end = Math.min(upToMicros, until);
    return Math.max(0, Math.floorDiv(end, period) - Math.floorDiv(afterMicros, period));
  }

  @Override
  public long last() {
    return until;
  }
}
