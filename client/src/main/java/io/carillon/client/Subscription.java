package io.carillon.client;

import io.carillon.v1.DeliveredFire;
import io.carillon.v1.DeliveryServiceGrpc.DeliveryServiceStub;
import io.carillon.v1.SeqRange;
import io.grpc.Status;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * The fires of a destination on their way to a handler. Reconnects by itself until it is closed, or
 * until the master refuses it for good, for example because the destination is gone.
 *
 * <p>A message of many fires is handed to the handler's thread as one task, so a fire costs no
 * thread change of its own.
 */
public final class Subscription implements AutoCloseable {

  private static final Duration FIRST_BACKOFF = Duration.ofMillis(100);
  private static final Duration LAST_BACKOFF = Duration.ofMillis(500);

  private final Supplier<DeliveryServiceStub> stubs;
  private final ScheduledExecutorService timer;
  private final String destination;
  private final FireHandler handler;
  private final SubscriptionOptions options;
  private final ThreadPoolExecutor ownThread;
  private final ThreadLocal<Boolean> insideHandler = ThreadLocal.withInitial(() -> false);
  private final CompletableFuture<Void> end = new CompletableFuture<>();

  // Guarded by this.
  private FireStream current;
  private boolean opened;
  private boolean everOpened;
  private boolean closing;
  private int handling;
  private Duration backoff = FIRST_BACKOFF;
  // Fires of streams that are lost, handled since. The next stream takes them.
  private final ArrayDeque<Long> late = new ArrayDeque<>();

  Subscription(
      Supplier<DeliveryServiceStub> stubs,
      ScheduledExecutorService timer,
      String destination,
      FireHandler handler,
      SubscriptionOptions options) {
    this.stubs = stubs;
    this.timer = timer;
    this.destination = destination;
    this.handler = handler;
    this.options = options;
    this.ownThread =
        new ThreadPoolExecutor(
            1,
            1,
            0,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            task -> {
              Thread thread = new Thread(task, "carillon-subscription");
              thread.setDaemon(true);
              return thread;
            });
  }

  /**
   * Completes when the subscription is closed, and fails with a {@link CarillonException} when the
   * master refuses it for good.
   */
  public CompletableFuture<Void> whenEnded() {
    return end.copy();
  }

  void connect() {
    FireStream stream = new FireStream(this, timer, options.window());
    synchronized (this) {
      if (closing) {
        return;
      }
      current = stream;
      opened = false;
    }
    var unused = stubs.get().subscribe(stream);
    stream.start(destination, options.subscriber(), options.window());
  }

  void received(FireStream stream, List<DeliveredFire> fires) {
    boolean first;
    synchronized (this) {
      if (closing) {
        return; // They come again, to somebody else.
      }
      first = !opened;
      opened = true;
      everOpened = true;
      backoff = FIRST_BACKOFF;
    }
    if (first) {
      options.onConnect().run();
      stream.flush(); // What was acknowledged since it began.
    }
    if (fires.isEmpty()) {
      return;
    }
    if (options.executor() == null) {
      submitInOrder(stream, fires);
    } else {
      for (DeliveredFire fire : fires) {
        submitAlone(new Delivery(stream, fire));
      }
    }
  }

  private void submitInOrder(FireStream stream, List<DeliveredFire> fires) {
    try {
      ownThread.execute(
          () -> {
            if (enter()) {
              try {
                for (int i = 0; i < fires.size() && !isClosing(); i++) {
                  handle(new Delivery(stream, fires.get(i)));
                }
              } finally {
                exit();
              }
              if (ownThread.getQueue().isEmpty()) {
                stream.flush(); // Nothing more to gather: no reason to wait for the timer.
              }
            }
          });
    } catch (RejectedExecutionException e) {
      return; // Closed meanwhile: they come again, to somebody else.
    }
  }

  private void submitAlone(Delivery delivery) {
    try {
      options
          .executor()
          .execute(
              () -> {
                if (enter()) {
                  try {
                    handle(delivery);
                  } finally {
                    exit();
                  }
                }
              });
    } catch (RejectedExecutionException e) {
      delivery.nack(options.retryDelay());
    }
  }

  private void handle(Delivery delivery) {
    try {
      handler.handle(delivery);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      delivery.nack(options.retryDelay(), "interrupted");
    } catch (Exception e) {
      delivery.nack(options.retryDelay(), e.toString());
    } catch (Error e) {
      // Told, but not thrown on: the other fires of the message would never be settled, and hold
      // their credit.
      delivery.nack(options.retryDelay(), e.toString());
      Thread thread = Thread.currentThread();
      thread.getUncaughtExceptionHandler().uncaughtException(thread, e);
    }
  }

  private synchronized boolean isClosing() {
    return closing;
  }

  private synchronized boolean enter() {
    if (closing) {
      return false;
    }
    handling++;
    insideHandler.set(true);
    return true;
  }

  private synchronized void exit() {
    handling--;
    insideHandler.set(false);
    notifyAll();
  }

  void lost(FireStream stream, Throwable failure) {
    CarillonException reason =
        CarillonException.of(
            failure != null
                ? failure
                : Status.UNAVAILABLE.withDescription("the master ended the stream").asException());
    Duration retryIn;
    synchronized (this) {
      if (closing || stream != current) {
        return;
      }
      if (isFinal(reason.code(), everOpened)) {
        closing = true;
        retryIn = null;
      } else {
        // Half to whole: many subscribers of a master that comes back do not all arrive at once.
        retryIn =
            backoff
                .dividedBy(2)
                .plusNanos(ThreadLocalRandom.current().nextLong(backoff.toNanos() / 2));
        Duration longer = backoff.multipliedBy(2);
        backoff = longer.compareTo(LAST_BACKOFF) > 0 ? LAST_BACKOFF : longer;
      }
    }
    if (retryIn == null) {
      ownThread.shutdown();
      end.completeExceptionally(reason);
      return;
    }
    options.onDisconnect().accept(reason, retryIn);
    try {
      var unused = timer.schedule(this::connect, retryIn.toNanos(), TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException e) {
      close(); // The client is closed, and with it its subscriptions.
    }
  }

  /** Fires are acknowledged whose stream is lost: that is said on the next. */
  void ackLate(long[] seqs, int count) {
    FireStream stream;
    synchronized (this) {
      if (closing || count == 0) {
        return;
      }
      for (int i = 0; i < count; i++) {
        late.add(seqs[i]);
      }
      while (late.size() > SubscriptionOptions.MAX_WINDOW) {
        late.remove(); // It comes again.
      }
      stream = opened ? current : null;
    }
    if (stream != null) {
      stream.flush();
    }
  }

  synchronized boolean hasLate() {
    return !late.isEmpty();
  }

  /** At most so many of them, each by itself: a range would mean fires of its own stream. */
  synchronized List<SeqRange> takeLate(int most) {
    List<SeqRange> acks = new ArrayList<>();
    while (acks.size() < most && !late.isEmpty()) {
      acks.add(SeqRange.newBuilder().setFirst(late.remove()).build());
    }
    return acks;
  }

  /**
   * What trying again does not mend. That there is no such method is said by no master that had it,
   * but by what stands before one, or by a server that is starting.
   */
  private static boolean isFinal(Status.Code code, boolean everOpened) {
    return switch (code) {
      case UNIMPLEMENTED -> !everOpened;
      case INVALID_ARGUMENT, NOT_FOUND, PERMISSION_DENIED, UNAUTHENTICATED, FAILED_PRECONDITION ->
          true;
      default -> false;
    };
  }

  /**
   * Takes no more fires, waits for handlers under way, and sends what is acknowledged. Fires that
   * were not are delivered again to other subscribers at once. May be called by the handler.
   */
  @Override
  public void close() {
    FireStream stream;
    long deadline = System.nanoTime() + options.drainTimeout().toNanos();
    synchronized (this) {
      if (closing) {
        return;
      }
      closing = true;
      stream = current;
    }
    ownThread.shutdown();
    try {
      awaitHandlers(deadline);
      if (stream != null) {
        stream.finish();
        if (!stream.awaitEnd(deadline - System.nanoTime())) {
          stream.cancel();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      if (stream != null) {
        stream.cancel();
      }
    }
    end.complete(null);
  }

  private synchronized void awaitHandlers(long deadline) throws InterruptedException {
    int own = insideHandler.get() ? 1 : 0;
    while (handling > own) {
      long millis = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
      if (millis <= 0) {
        return;
      }
      wait(millis);
    }
  }
}
