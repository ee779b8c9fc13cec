package io.carillon.simulation.world;

import java.util.ArrayDeque;

/**
 * A process on a machine. What it is to do is bound to its life: a crash loses it, a pause puts it
 * off.
 */
public final class SimProcess {

  private record Pending(long life, String label, Runnable action) {}

  private final String name;
  private final EventQueue queue;
  private final SimClock clock;
  private final ArrayDeque<Pending> backlog = new ArrayDeque<>();
  private long life;
  private boolean running;
  private boolean paused;
  private boolean unreachable;

  public SimProcess(String name, EventQueue queue, SimClock clock) {
    this.name = name;
    this.queue = queue;
    this.clock = clock;
  }

  public String name() {
    return name;
  }

  public SimClock clock() {
    return clock;
  }

  /** Rises with every start and every end. */
  public long life() {
    return life;
  }

  public boolean isRunning() {
    return running;
  }

  public boolean isPaused() {
    return paused;
  }

  /** Whether its machine answers at all: one whose process ended refuses connections at once. */
  boolean isUnreachable() {
    return unreachable;
  }

  public void start() {
    life++;
    running = true;
    unreachable = false;
  }

  /**
   * Ends at once; what it had in memory and on its way in is lost.
   *
   * @param machineToo nobody is told: its connections just fall silent
   */
  public void crash(boolean machineToo) {
    life++;
    running = false;
    paused = false;
    unreachable = machineToo;
    backlog.clear();
  }

  public void pause() {
    paused = running;
  }

  public void resume() {
    if (paused) {
      paused = false;
      while (!backlog.isEmpty()) {
        Pending next = backlog.poll();
        queue.after(0, next.label, () -> run(next));
      }
    }
  }

  /** Has it do something in this life, after a delay of the reference clock. */
  public void post(long delay, String label, Runnable action) {
    Pending pending = new Pending(life, label, action);
    queue.after(delay, label, () -> run(pending));
  }

  private void run(Pending pending) {
    if (pending.life != life || !running) {
      return;
    }
    if (paused) {
      backlog.add(pending);
    } else {
      pending.action.run();
    }
  }
}
