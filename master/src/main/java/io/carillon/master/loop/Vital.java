package io.carillon.master.loop;

import java.util.function.Consumer;

/**
 * Work without which a leadership only seems to lead. An executor keeps what a task throws to
 * itself, and the task never comes again; so what such work throws is told to who ends the
 * leadership.
 */
public final class Vital {

  private Vital() {}

  /** The same task, of which nothing ends in silence. */
  public static Runnable task(Runnable task, Consumer<Throwable> onFailure) {
    return () -> {
      try {
        task.run();
      } catch (RuntimeException | Error failure) {
        onFailure.accept(failure);
      }
    };
  }
}
