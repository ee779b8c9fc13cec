package io.carillon.simulation.world;

import java.util.PriorityQueue;

/**
 * All that is going to happen, in the order of (virtual time, sequence). The time is the reference:
 * no machine of the simulation can read it.
 */
public final class EventQueue {

  private record Event(long time, long number, String label, Runnable action)
      implements Comparable<Event> {
    @Override
    public int compareTo(Event other) {
      return time == other.time
          ? Long.compare(number, other.number)
          : Long.compare(time, other.time);
    }
  }

  private final PriorityQueue<Event> events = new PriorityQueue<>();
  private final Trace trace;
  private long now;
  private long numbers;
  private long executed;

  public EventQueue(long begin, Trace trace) {
    this.now = begin;
    this.trace = trace;
  }

  /** The reference time, in microseconds since 1970. */
  public long now() {
    return now;
  }

  public long executed() {
    return executed;
  }

  /** Has something happen after a delay, in microseconds. */
  public void after(long delay, String label, Runnable action) {
    events.add(new Event(now + Math.max(0, delay), ++numbers, label, action));
  }

  /** Lets time pass, with all that happens in it. */
  public void runTo(long time) {
    while (!events.isEmpty() && events.peek().time <= time) {
      Event event = events.poll();
      now = event.time;
      executed++;
      trace.event(now, event.label);
      event.action.run();
    }
    now = Math.max(now, time);
  }
}
