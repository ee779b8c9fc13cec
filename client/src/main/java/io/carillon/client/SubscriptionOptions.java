package io.carillon.client;

import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;

/**
 * How a subscription works. Immutable; the {@code with} methods answer changed copies.
 *
 * @param window how many fires may be with this subscriber unsettled, 1 to 100000
 * @param executor where the handler runs, one task for each fire; null: one thread of the
 *     subscription's own, fires in order
 * @param subscriber a line for operators
 * @param retryDelay when a fire comes again for which the handler threw
 * @param drainTimeout how long close waits for handlers under way and for the master to take the
 *     last acknowledgements
 * @param onConnect called when a stream is open, at first and after each reconnection
 * @param onDisconnect called with the reason, and the time until the next attempt, when a stream is
 *     lost
 */
public record SubscriptionOptions(
    int window,
    Executor executor,
    String subscriber,
    Duration retryDelay,
    Duration drainTimeout,
    Runnable onConnect,
    BiConsumer<CarillonException, Duration> onDisconnect) {

  public static final int MAX_WINDOW = 100_000;

  public SubscriptionOptions {
    if (window < 1 || window > MAX_WINDOW) {
      throw new IllegalArgumentException("window must be from 1 to " + MAX_WINDOW + ": " + window);
    }
  }

  public static SubscriptionOptions defaults() {
    String process = "pid " + ProcessHandle.current().pid();
    return new SubscriptionOptions(
        10_000,
        null,
        process,
        Duration.ofSeconds(1),
        Duration.ofSeconds(5),
        () -> {},
        (failure, retryIn) -> {});
  }

  public SubscriptionOptions withWindow(int fires) {
    return new SubscriptionOptions(
        fires, executor, subscriber, retryDelay, drainTimeout, onConnect, onDisconnect);
  }

  public SubscriptionOptions withExecutor(Executor own) {
    return new SubscriptionOptions(
        window, own, subscriber, retryDelay, drainTimeout, onConnect, onDisconnect);
  }

  public SubscriptionOptions withSubscriber(String line) {
    return new SubscriptionOptions(
        window, executor, line, retryDelay, drainTimeout, onConnect, onDisconnect);
  }

  public SubscriptionOptions withRetryDelay(Duration delay) {
    return new SubscriptionOptions(
        window, executor, subscriber, delay, drainTimeout, onConnect, onDisconnect);
  }

  public SubscriptionOptions withDrainTimeout(Duration timeout) {
    return new SubscriptionOptions(
        window, executor, subscriber, retryDelay, timeout, onConnect, onDisconnect);
  }

  public SubscriptionOptions withOnConnect(Runnable listener) {
    return new SubscriptionOptions(
        window, executor, subscriber, retryDelay, drainTimeout, listener, onDisconnect);
  }

  public SubscriptionOptions withOnDisconnect(BiConsumer<CarillonException, Duration> listener) {
    return new SubscriptionOptions(
        window, executor, subscriber, retryDelay, drainTimeout, onConnect, listener);
  }
}
