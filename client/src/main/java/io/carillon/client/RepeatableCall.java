package io.carillon.client;

import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import java.io.IOException;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * A unary call that may be carried out twice. If the master that has it is left, it begins again at
 * the next: gRPC's own repetition ends with the channel. Its deadline holds for all attempts.
 */
final class RepeatableCall<Q, A> extends ClientCall<Q, A> {

  /** One attempt, and whether its master has been left since. */
  record Attempt<Q, A>(ClientCall<Q, A> call, BooleanSupplier left) {}

  private static final int MOST_BROKEN = 3;

  private final Supplier<Attempt<Q, A>> attempts;

  // Guarded by this.
  private Attempt<Q, A> current;
  private Listener<A> listener;
  private Metadata headers;
  private int requested;
  private Q message;
  private boolean complete;
  private boolean cancelled;
  private boolean answered;
  private int broken;

  RepeatableCall(Supplier<Attempt<Q, A>> attempts) {
    this.attempts = attempts;
    this.current = attempts.get();
  }

  @Override
  public synchronized void start(Listener<A> responses, Metadata sent) {
    listener = responses;
    headers = copy(sent);
    begin(sent);
  }

  private static Metadata copy(Metadata metadata) {
    Metadata copy = new Metadata();
    copy.merge(metadata);
    return copy;
  }

  private void begin(Metadata sent) {
    Attempt<Q, A> attempt = current;
    attempt
        .call()
        .start(
            new Listener<>() {
              @Override
              public void onHeaders(Metadata received) {
                answered();
                listener.onHeaders(received);
              }

              @Override
              public void onMessage(A answer) {
                listener.onMessage(answer);
              }

              @Override
              public void onReady() {
                listener.onReady();
              }

              @Override
              public void onClose(Status status, Metadata trailers) {
                boolean broke = isBroken(status);
                boolean left =
                    status.getCode() == Status.Code.UNAVAILABLE && attempt.left().getAsBoolean();
                if (!(left || broke && mayBreak()) || !again()) {
                  listener.onClose(
                      broke ? Status.UNAVAILABLE.withCause(status.getCause()) : status, trailers);
                }
              }
            },
            sent);
  }

  /** A connection that breaks just as a call takes it: gRPC has no code of its own for that. */
  private static boolean isBroken(Status status) {
    return status.getCode() == Status.Code.UNKNOWN && status.getCause() instanceof IOException;
  }

  private synchronized boolean mayBreak() {
    return ++broken <= MOST_BROKEN;
  }

  private synchronized void answered() {
    answered = true;
  }

  private synchronized boolean again() {
    if (answered || cancelled || !complete) {
      return false;
    }
    current = attempts.get();
    begin(copy(headers));
    current.call().request(requested);
    current.call().sendMessage(message);
    current.call().halfClose();
    return true;
  }

  @Override
  public synchronized void request(int messages) {
    requested += messages;
    current.call().request(messages);
  }

  @Override
  public synchronized void cancel(String reason, Throwable cause) {
    cancelled = true;
    current.call().cancel(reason, cause);
  }

  @Override
  public synchronized void halfClose() {
    complete = true;
    current.call().halfClose();
  }

  @Override
  public synchronized void sendMessage(Q request) {
    message = request;
    current.call().sendMessage(request);
  }
}
