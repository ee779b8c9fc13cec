package io.carillon.master.app;

import io.grpc.Context;
import io.grpc.Deadline;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/**
 * Registrations of clock nodes at a master that is about to lead: they wait a moment and are then
 * taken. A node that is sent away comes back too, but only after a while. Safe for use from any
 * thread.
 */
final class EarlyNodes {

  /** The longest wait. */
  private static final long PATIENCE_MILLIS = 2_000;

  /** So much before the node gives the call up it is sent away, as an answer is worth more. */
  private static final long ANSWER_MILLIS = 80;

  private final Executor executor;
  private final Set<Early<?, ?>> waiting = new HashSet<>();

  /** Of this master as the leader; null: it does not lead yet, or no more. */
  private List<ServerServiceDefinition> leading;

  EarlyNodes(Executor executor) {
    this.executor = executor;
  }

  /**
   * Has a call wait; the listener that it gets at once hears of its messages once it is taken.
   *
   * @param refusal sends it away, if this master does not lead in time
   */
  <Q, R> ServerCall.Listener<Q> hold(ServerCall<Q, R> call, Metadata headers, Runnable refusal) {
    Early<Q, R> early = new Early<>(call, headers, refusal);
    List<ServerServiceDefinition> services;
    synchronized (this) {
      services = leading;
      if (services == null) {
        waiting.add(early);
      }
    }
    if (services != null) {
      early.take(services);
    } else {
      CompletableFuture.delayedExecutor(patience(), TimeUnit.MILLISECONDS, executor)
          .execute(early::sendAway);
    }
    return early;
  }

  /** How many calls wait. */
  synchronized int waiting() {
    return waiting.size();
  }

  private static long patience() {
    Deadline deadline = Context.current().getDeadline();
    long left = deadline == null ? PATIENCE_MILLIS : deadline.timeRemaining(TimeUnit.MILLISECONDS);
    return Math.max(0, Math.min(PATIENCE_MILLIS, left - ANSWER_MILLIS));
  }

  /** This master leads, with these services for nodes: who waits is served. */
  void take(List<ServerServiceDefinition> services) {
    List<Early<?, ?>> taken;
    synchronized (this) {
      leading = services;
      taken = List.copyOf(waiting);
      waiting.clear();
    }
    // A call may wait for its node's thread: none of them for another.
    taken.forEach(early -> executor.execute(() -> early.take(services)));
  }

  /** This master leads no more, or another does. */
  synchronized void follow() {
    leading = null;
  }

  /** A call that waits. All but the fields of its making guarded by itself. */
  private final class Early<Q, R> extends ServerCall.Listener<Q> {
    private final ServerCall<Q, R> call;
    private final Metadata headers;
    private final Runnable refusal;
    private final Context context = Context.current();
    private ServerCall.Listener<Q> taken;
    private boolean over;

    Early(ServerCall<Q, R> call, Metadata headers, Runnable refusal) {
      this.call = call;
      this.headers = headers;
      this.refusal = refusal;
    }

    /** The services offer the method of the call, with its types. */
    @SuppressWarnings("unchecked")
    synchronized void take(List<ServerServiceDefinition> services) {
      if (over) {
        return;
      }
      String name = call.getMethodDescriptor().getFullMethodName();
      for (ServerServiceDefinition service : services) {
        ServerMethodDefinition<Q, R> method =
            (ServerMethodDefinition<Q, R>) service.getMethod(name);
        if (method != null) {
          over = true;
          context.run(() -> taken = method.getServerCallHandler().startCall(call, headers));
          return;
        }
      }
      sendAway();
    }

    synchronized void sendAway() {
      if (!over) {
        over = true;
        forget(this);
        refusal.run();
      }
    }

    // No message comes before one is asked for, by who has taken the call.

    @Override
    public synchronized void onMessage(Q message) {
      taken.onMessage(message);
    }

    @Override
    public synchronized void onHalfClose() {
      if (taken != null) {
        taken.onHalfClose();
      }
    }

    @Override
    public synchronized void onReady() {
      if (taken != null) {
        taken.onReady();
      }
    }

    @Override
    public synchronized void onCancel() {
      over = true;
      forget(this);
      if (taken != null) {
        taken.onCancel();
      }
    }

    @Override
    public synchronized void onComplete() {
      if (taken != null) {
        taken.onComplete();
      }
    }
  }

  private synchronized void forget(Early<?, ?> early) {
    waiting.remove(early);
  }
}
