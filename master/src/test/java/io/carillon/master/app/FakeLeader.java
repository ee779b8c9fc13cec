package io.carillon.master.app;

import com.google.protobuf.ByteString;
import io.carillon.v1.DeliveredFire;
import io.carillon.v1.DeliveryServiceGrpc;
import io.carillon.v1.Schedule;
import io.carillon.v1.ScheduleServiceGrpc;
import io.carillon.v1.SubscribeRequest;
import io.carillon.v1.SubscribeResponse;
import io.carillon.v1.UpdateScheduleRequest;
import io.grpc.Context;
import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** A leader whose updates hang or answer, and whose deliveries are a flood. */
final class FakeLeader implements AutoCloseable {

  static final int FLOOD_MESSAGES = 4_000;
  private static final int MESSAGE_BYTES = 64 << 10;

  final AtomicInteger updates = new AtomicInteger();
  final AtomicLong deadlineMillis = new AtomicLong(-1);
  final AtomicInteger flooded = new AtomicInteger();
  final AtomicInteger taken = new AtomicInteger();
  final AtomicBoolean cancelled = new AtomicBoolean();

  /** Updates are answered, rather than kept waiting. */
  volatile boolean answering = true;

  /** Requests of subscribers are read. */
  volatile boolean reading = true;

  private final Server server;

  FakeLeader() {
    this(0);
  }

  FakeLeader(int port) {
    try {
      server =
          NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", port))
              .addService(new Updates())
              .addService(new Flood())
              // As strict as servers used to be: what is passed on must not need more.
              .maxRstFramesPerWindow(500, 10)
              .build()
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  int port() {
    return server.getPort();
  }

  private final class Updates extends ScheduleServiceGrpc.ScheduleServiceImplBase {
    @Override
    public void updateSchedule(UpdateScheduleRequest request, StreamObserver<Schedule> caller) {
      updates.incrementAndGet();
      var deadline = Context.current().getDeadline();
      deadlineMillis.set(deadline == null ? -1 : deadline.timeRemaining(TimeUnit.MILLISECONDS));
      ((ServerCallStreamObserver<Schedule>) caller).setOnCancelHandler(() -> cancelled.set(true));
      if (answering) {
        caller.onNext(request.getSchedule());
        caller.onCompleted();
      }
    }
  }

  private final class Flood extends DeliveryServiceGrpc.DeliveryServiceImplBase {
    @Override
    public StreamObserver<SubscribeRequest> subscribe(StreamObserver<SubscribeResponse> caller) {
      ServerCallStreamObserver<SubscribeResponse> call =
          (ServerCallStreamObserver<SubscribeResponse>) caller;
      SubscribeResponse message =
          SubscribeResponse.newBuilder()
              .addFires(
                  DeliveredFire.newBuilder()
                      .setPayload(ByteString.copyFrom(new byte[MESSAGE_BYTES])))
              .build();
      call.setOnCancelHandler(() -> cancelled.set(true));
      call.disableAutoRequest();
      call.setOnReadyHandler(
          () -> {
            while (call.isReady() && flooded.get() < FLOOD_MESSAGES) {
              flooded.incrementAndGet();
              call.onNext(message);
            }
          });
      if (reading) {
        call.request(1);
      }
      return new StreamObserver<>() {
        @Override
        public void onNext(SubscribeRequest request) {
          taken.incrementAndGet();
          call.request(1);
        }

        @Override
        public void onError(Throwable failure) {}

        @Override
        public void onCompleted() {
          caller.onCompleted();
        }
      };
    }
  }

  /** As if it were killed: all connections break. */
  @Override
  public void close() {
    server.shutdownNow();
    try {
      server.awaitTermination(10, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
