package io.carillon.master.loop;

import io.carillon.common.time.TimeSource;
import io.carillon.master.core.CoreInput;
import io.carillon.master.core.CorePace;
import io.carillon.master.core.MasterCommand;
import io.carillon.master.core.MasterCore;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that calls the core: takes inputs in turn, reads the clock once for each, and has
 * its commands executed. Nothing that it calls may block.
 */
public final class LeaderLoop implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(LeaderLoop.class);

  private final MasterCore core;
  private final CorePace pace;
  private final TimeSource time;
  private final LinkedBlockingQueue<CoreInput> inputs = new LinkedBlockingQueue<>();
  private final Thread thread = Threads.named("carillon-core", this::run);
  private Consumer<MasterCommand> executor;
  private Consumer<String> onFatal;
  private volatile boolean closed;

  /** When a step began last; of {@link System#nanoTime}. */
  private volatile long stepAt = System.nanoTime();

  public LeaderLoop(MasterCore core, TimeSource time) {
    this.core = core;
    this.pace = new CorePace(core);
    this.time = time;
  }

  /**
   * Begins.
   *
   * @param executor carries out a command without blocking
   * @param onFatal called once if the core failed
   */
  public void start(Consumer<MasterCommand> executor, Consumer<String> onFatal) {
    this.executor = executor;
    this.onFatal = onFatal;
    thread.start();
  }

  /** Hands over an input. Never blocks. */
  public void submit(CoreInput input) {
    inputs.add(input);
  }

  /** Asks the core something. */
  public <T> CompletableFuture<T> ask(BiFunction<MasterCore, Long, T> question) {
    CompletableFuture<T> answer = new CompletableFuture<>();
    submit((core, now) -> answer.complete(question.apply(core, now)));
    return answer;
  }

  /** Whether one step has taken longer than this, and perhaps comes to no end. */
  public boolean standsStill(long micros) {
    return !closed && System.nanoTime() - stepAt > micros * 1_000;
  }

  private void run() {
    stepAt = System.nanoTime();
    List<CoreInput> taken = new ArrayList<>();
    while (!closed) {
      try {
        step(taken);
      } catch (InterruptedException e) {
        return;
      } catch (RuntimeException | Error e) {
        // A core that threw is in an unknown state: another leader begins from what is stored.
        log.error("the core failed", e);
        closed = true;
        onFatal.accept("the core failed: " + e);
        return;
      }
    }
  }

  private void step(List<CoreInput> taken) throws InterruptedException {
    stepAt = System.nanoTime();
    long now = time.nowMicros();
    long wake = pace.nextWake();
    CoreInput first =
        inputs.isEmpty() && wake > now
            ? inputs.poll(wake - now, TimeUnit.MICROSECONDS)
            : inputs.poll();
    taken.clear();
    if (first != null) {
      taken.add(first);
      inputs.drainTo(taken, 1_000);
    }
    for (CoreInput input : taken) {
      input.apply(core, time.nowMicros());
    }
    now = time.nowMicros();
    for (MasterCommand command : pace.after(now)) {
      executor.accept(command);
    }
    core.takeAhead(now);
  }

  @Override
  public void close() {
    closed = true;
    thread.interrupt();
    try {
      thread.join(2_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
