package io.carillon.simulation.world;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * What happened: as a hash, which is the same whenever the same seed runs, and if it is wanted as
 * lines.
 */
public final class Trace {

  /** A line of the story. {@code topic}: what it is about; those of "" are of general interest. */
  public record Line(long time, String topic, String text) {}

  private static final long GOLDEN = 0x9E3779B97F4A7C15L;

  private final boolean keeps;
  private final List<Line> lines = new ArrayList<>();
  private long begin = -1;
  private long hash = GOLDEN;
  private long time;

  /**
   * @param keeps whether lines are kept, too
   */
  public Trace(boolean keeps) {
    this.keeps = keeps;
  }

  void event(long now, String label) {
    begin = begin < 0 ? now : begin;
    time = now;
    mix(now);
    mix(label.hashCode());
  }

  /** Something that matters: it is part of the hash, and a line is made if they are kept. */
  public void note(String topic, long value, Supplier<String> text) {
    mix(topic.hashCode());
    mix(value);
    if (keeps) {
      lines.add(new Line(time - begin, topic, text.get()));
    }
  }

  private void mix(long value) {
    hash = (hash ^ value) * GOLDEN;
    hash ^= hash >>> 29;
  }

  public long hash() {
    return hash;
  }

  /** All lines, oldest first; times from the beginning. */
  public List<Line> lines() {
    return lines;
  }
}
