package io.carillon.cli.cluster;

import io.carillon.cli.terminal.Names;
import io.carillon.cli.terminal.ProgressBars;
import io.carillon.cli.terminal.TimeText;
import io.carillon.cli.terminal.World;
import io.carillon.client.CarillonClient;
import io.carillon.client.CarillonException;
import io.carillon.v1.Operation;
import io.carillon.v1.WaitOperationRequest;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import me.tongfei.progressbar.ProgressBar;

/** Follows an operation until it ends. The operation does not need that: Ctrl-C ends only this. */
public final class OperationWatch {

  private static final Duration STEP = Duration.ofSeconds(1);
  private static final Duration TALK_EVERY = Duration.ofSeconds(5);
  private static final Duration PAUSE = Duration.ofMillis(500);

  private final CarillonClient client;
  private final World world;
  private final Duration callTimeout;
  private final Consumer<String> talk;

  /**
   * @param callTimeout for each answer, beyond the time that the master may wait by itself
   * @param talk where lines for the user go
   */
  OperationWatch(CarillonClient client, World world, Duration callTimeout, Consumer<String> talk) {
    this.client = client;
    this.world = world;
    this.callTimeout = callTimeout;
    this.talk = talk;
  }

  /** What is to be known when somebody stops looking. */
  public static String farewell(String name) {
    return "\n"
        + name
        + " goes on; watch it with `carillon operation wait "
        + Names.id(name)
        + "`, stop it with `carillon operation cancel "
        + Names.id(name)
        + "`";
  }

  /**
   * The operation as it ended, or as it is after the time given.
   *
   * @param atMost null for as long as it takes
   */
  Operation follow(Operation begun, Duration atMost) throws InterruptedException {
    Thread goodbye = new Thread(() -> talk.accept(farewell(begun.getName())), "carillon-goodbye");
    Runtime.getRuntime().addShutdownHook(goodbye);
    try (ProgressBar bar = ProgressBars.bar(world, Names.id(begun.getName()), -1)) {
      return follow(begun, atMost, bar);
    } finally {
      unlessEnding(goodbye);
    }
  }

  private static void unlessEnding(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The process ends already, and the hook says so.
      return;
    }
  }

  private Operation follow(Operation begun, Duration atMost, ProgressBar bar)
      throws InterruptedException {
    long started = System.nanoTime();
    long talked = started;
    Operation now = begun;
    boolean connected = true;
    show(now, bar);
    while (now.getState() == Operation.State.RUNNING) {
      Duration left = atMost == null ? STEP : atMost.minusNanos(System.nanoTime() - started);
      if (left.isZero() || left.isNegative()) {
        return now;
      }
      try {
        now = await(now.getName(), left.compareTo(STEP) < 0 ? left : STEP);
        connected = true;
      } catch (StatusRuntimeException e) {
        // It outlives a master, so an outage is waited for.
        if (e.getStatus().getCode() != Status.Code.UNAVAILABLE
            && e.getStatus().getCode() != Status.Code.DEADLINE_EXCEEDED) {
          throw e;
        }
        if (connected) {
          talk.accept(
              "connection lost (" + CarillonException.of(e).getMessage() + "); trying again");
        }
        connected = false;
        Thread.sleep(PAUSE.toMillis());
      }
      show(now, bar);
      if (bar == null && System.nanoTime() - talked > TALK_EVERY.toNanos()) {
        talk.accept(now.getName() + ": " + progress(now));
        talked = System.nanoTime();
      }
    }
    return now;
  }

  /** In whole milliseconds: the server takes nothing finer than microseconds. */
  private Operation await(String name, Duration step) {
    Duration time = Duration.ofMillis(Math.max(1, step.toMillis()));
    return client
        .operations()
        .withDeadlineAfter(time.plus(callTimeout).toMillis(), TimeUnit.MILLISECONDS)
        .waitOperation(
            WaitOperationRequest.newBuilder()
                .setName(name)
                .setTimeout(TimeText.proto(time))
                .build());
  }

  private static void show(Operation operation, ProgressBar bar) {
    if (bar != null) {
      if (operation.getTotalCount() > 0) {
        bar.maxHint(operation.getTotalCount());
      }
      bar.stepTo(operation.getDoneCount());
    }
  }

  /** As in "1200 of 7200 (16 %)". */
  static String progress(Operation operation) {
    long total = operation.getTotalCount();
    return total <= 0
        ? "" + operation.getDoneCount()
        : operation.getDoneCount()
            + " of "
            + total
            + " ("
            + (long) (100.0 * operation.getDoneCount() / total)
            + " %)";
  }
}
