package io.carillon.clocknode.rpc;

import io.carillon.cluster.v1.HeartbeatRequest;
import io.carillon.cluster.v1.HeartbeatResponse;
import io.carillon.cluster.v1.NodeServiceGrpc;
import io.carillon.cluster.v1.PushFiresRequest;
import io.carillon.cluster.v1.PushFiresResponse;
import io.carillon.cluster.v1.RegisterResponse;
import io.carillon.cluster.v1.WatchPartitionsRequest;
import io.carillon.cluster.v1.WatchPartitionsResponse;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import java.util.ArrayDeque;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;

/**
 * The three streams of one session. It ends when any of them does; what comes from an ended session
 * is not heard any more.
 *
 * <p>Snapshots are asked for message by message, as the loop works them off, and batches wait here
 * until the stream has room: how many wait is bounded by what the core lets be pending.
 */
final class MasterSession {

  static final Metadata.Key<String> SESSION =
      Metadata.Key.of("carillon-session", Metadata.ASCII_STRING_MARSHALLER);

  /** Messages of the watch stream under way while the loop works on one. */
  private static final int WATCH_AHEAD = 4;

  /** What the streams bring; called on the loop thread, and not after the session ended. */
  interface Listener {
    void onHeartbeat(HeartbeatResponse response, long receivedMicros);

    void onWatch(WatchPartitionsResponse response);

    void onPush(PushFiresResponse response);

    void onEnd(Throwable cause);
  }

  private final Executor loop;
  private final LongSupplier monotonicMicros;
  private final Listener listener;
  private final ArrayDeque<PushFiresRequest> waiting = new ArrayDeque<>();
  private final ClientCallStreamObserver<HeartbeatRequest> heartbeats;
  private final ClientCallStreamObserver<WatchPartitionsRequest> watches;
  private final ClientCallStreamObserver<PushFiresRequest> pushes;
  private boolean ended;

  MasterSession(
      ManagedChannel channel,
      RegisterResponse registered,
      Executor loop,
      LongSupplier monotonicMicros,
      Listener listener) {
    this.loop = loop;
    this.monotonicMicros = monotonicMicros;
    this.listener = listener;
    Metadata headers = new Metadata();
    headers.put(SESSION, Long.toString(registered.getSession()));
    NodeServiceGrpc.NodeServiceStub stub =
        NodeServiceGrpc.newStub(channel)
            .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
    heartbeats = (ClientCallStreamObserver<HeartbeatRequest>) stub.heartbeat(new HeartbeatEar());
    watches =
        (ClientCallStreamObserver<WatchPartitionsRequest>) stub.watchPartitions(new WatchEar());
    pushes = (ClientCallStreamObserver<PushFiresRequest>) stub.pushFires(new PushEar());
  }

  void heartbeat(HeartbeatRequest request) {
    heartbeats.onNext(request);
  }

  void watch(WatchPartitionsRequest request) {
    watches.onNext(request);
  }

  void push(PushFiresRequest request) {
    waiting.addLast(request);
    flush();
  }

  /**
   * Nothing is heard of the session any more.
   *
   * @param orderly tell the master; otherwise the channel is about to be cut
   */
  void end(boolean orderly) {
    if (!ended && orderly) {
      heartbeats.onCompleted();
      watches.onCompleted();
      pushes.onCompleted();
    }
    ended = true;
    waiting.clear();
  }

  private void flush() {
    while (!waiting.isEmpty() && pushes.isReady()) {
      pushes.onNext(waiting.removeFirst());
    }
  }

  private void post(Runnable input) {
    loop.execute(
        () -> {
          if (!ended) {
            input.run();
          }
        });
  }

  private void lost(Throwable cause) {
    post(
        () -> {
          ended = true;
          listener.onEnd(cause);
        });
  }

  /** What all streams share: their end is the session's end. */
  private abstract class StreamEar<Q, R> implements ClientResponseObserver<Q, R> {
    @Override
    public void beforeStart(ClientCallStreamObserver<Q> requests) {}

    @Override
    public void onError(Throwable cause) {
      lost(cause);
    }

    @Override
    public void onCompleted() {
      lost(null);
    }
  }

  private final class HeartbeatEar extends StreamEar<HeartbeatRequest, HeartbeatResponse> {
    @Override
    public void onNext(HeartbeatResponse response) {
      // Stamped here: what waits in the loop's queue is no part of the round trip.
      long received = monotonicMicros.getAsLong();
      post(() -> listener.onHeartbeat(response, received));
    }
  }

  private final class WatchEar extends StreamEar<WatchPartitionsRequest, WatchPartitionsResponse> {
    private ClientCallStreamObserver<WatchPartitionsRequest> requests;

    @Override
    public void beforeStart(ClientCallStreamObserver<WatchPartitionsRequest> requests) {
      this.requests = requests;
      requests.disableAutoRequestWithInitial(WATCH_AHEAD);
    }

    @Override
    public void onNext(WatchPartitionsResponse response) {
      post(
          () -> {
            listener.onWatch(response);
            requests.request(1);
          });
    }
  }

  private final class PushEar extends StreamEar<PushFiresRequest, PushFiresResponse> {
    @Override
    public void beforeStart(ClientCallStreamObserver<PushFiresRequest> requests) {
      requests.setOnReadyHandler(() -> post(MasterSession.this::flush));
    }

    @Override
    public void onNext(PushFiresResponse response) {
      post(() -> listener.onPush(response));
    }
  }

  /** Hears the one answer of a call, or why there is none, on the loop thread. */
  static <T> StreamObserver<T> single(Executor loop, BiConsumer<T, Throwable> done) {
    return new StreamObserver<>() {
      private T answer;

      @Override
      public void onNext(T value) {
        answer = value;
      }

      @Override
      public void onError(Throwable cause) {
        loop.execute(() -> done.accept(null, cause));
      }

      @Override
      public void onCompleted() {
        loop.execute(() -> done.accept(answer, null));
      }
    };
  }
}
