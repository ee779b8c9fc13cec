package io.carillon.master.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.carillon.transport.Channels;
import io.carillon.v1.Cluster;
import io.carillon.v1.ClusterServiceGrpc;
import io.carillon.v1.GetClusterRequest;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class CallLimitTest {

  private final LinkedBlockingQueue<StreamObserver<Cluster>> waiting = new LinkedBlockingQueue<>();
  private Server server;
  private ManagedChannel channel;

  /** Answers when the test says so. */
  private final class Slow extends ClusterServiceGrpc.ClusterServiceImplBase {
    @Override
    public void getCluster(GetClusterRequest request, StreamObserver<Cluster> caller) {
      waiting.add(caller);
    }
  }

  @BeforeEach
  void start() throws Exception {
    CallLimit limit = new CallLimit(new CallLimit.Bounds(10, 2, 10, 1 << 20, 1 << 20));
    server =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .addService(new Slow())
            .addTransportFilter(limit)
            .intercept(limit)
            .build()
            .start();
    channel = Channels.to("127.0.0.1:" + server.getPort()).build();
  }

  @AfterEach
  void stop() {
    channel.shutdownNow();
    server.shutdownNow();
  }

  private Future<Cluster> call() {
    return ClusterServiceGrpc.newFutureStub(channel)
        .getCluster(GetClusterRequest.getDefaultInstance());
  }

  private void answerOne() throws InterruptedException {
    StreamObserver<Cluster> caller = waiting.poll(20, TimeUnit.SECONDS);
    caller.onNext(Cluster.getDefaultInstance());
    caller.onCompleted();
  }

  @Test
  void one_call_more_than_the_limit_is_refused_and_those_before_it_are_answered() throws Exception {
    Future<Cluster> first = call();
    Future<Cluster> second = call();
    StreamObserver<Cluster> one = waiting.poll(20, TimeUnit.SECONDS);
    StreamObserver<Cluster> other = waiting.poll(20, TimeUnit.SECONDS);
    waiting.add(one);
    waiting.add(other);

    StatusRuntimeException refusal =
        assertThrows(
            StatusRuntimeException.class,
            () ->
                ClusterServiceGrpc.newBlockingStub(channel)
                    .getCluster(GetClusterRequest.getDefaultInstance()));
    assertEquals(Status.Code.RESOURCE_EXHAUSTED, refusal.getStatus().getCode());

    answerOne();
    answerOne();
    first.get(20, TimeUnit.SECONDS);
    second.get(20, TimeUnit.SECONDS);
  }

  @Test
  void calls_that_ended_or_were_cancelled_make_room() throws Exception {
    for (int i = 0; i < 10; i++) {
      Future<Cluster> answered = callThatIsTaken();
      answerOne();
      answered.get(20, TimeUnit.SECONDS);
      Future<Cluster> cancelled = callThatIsTaken();
      waiting.take();
      cancelled.cancel(true);
    }
    Future<Cluster> last = callThatIsTaken();
    answerOne();
    last.get(20, TimeUnit.SECONDS);
  }

  /** A call that waits for its answer: the server hears of an end a moment after its client. */
  private Future<Cluster> callThatIsTaken() throws Exception {
    while (true) {
      Future<Cluster> call = call();
      while (!call.isDone()) {
        if (!waiting.isEmpty()) {
          return call;
        }
        Thread.sleep(1);
      }
      StatusRuntimeException refusal =
          (StatusRuntimeException) assertThrows(ExecutionException.class, call::get).getCause();
      assertEquals(Status.Code.RESOURCE_EXHAUSTED, refusal.getStatus().getCode());
    }
  }
}
