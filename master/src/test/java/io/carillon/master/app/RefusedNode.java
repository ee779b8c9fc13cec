package io.carillon.master.app;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.ErrorInfo;
import io.carillon.cluster.v1.HeartbeatRequest;
import io.carillon.cluster.v1.HeartbeatResponse;
import io.carillon.cluster.v1.NodeServiceGrpc;
import io.carillon.cluster.v1.RegisterRequest;
import io.grpc.Channel;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assertions;

/**
 * How a clock node is turned away.
 *
 * @param leader the address that it is given
 */
record RefusedNode(String registration, String leader, String heartbeat) {

  static RefusedNode at(Channel channel) {
    StatusRuntimeException refused =
        Assertions.assertThrows(
            StatusRuntimeException.class,
            () ->
                NodeServiceGrpc.newBlockingStub(channel)
                    .register(RegisterRequest.newBuilder().setNodeId("n").build()));
    CompletableFuture<Throwable> end = new CompletableFuture<>();
    StreamObserver<HeartbeatRequest> stream =
        NodeServiceGrpc.newStub(channel)
            .heartbeat(
                new StreamObserver<>() {
                  @Override
                  public void onNext(HeartbeatResponse response) {
                    end.completeExceptionally(new AssertionError(response.toString()));
                  }

                  @Override
                  public void onError(Throwable failure) {
                    end.complete(failure);
                  }

                  @Override
                  public void onCompleted() {
                    end.completeExceptionally(new AssertionError("completed"));
                  }
                });
    stream.onNext(HeartbeatRequest.getDefaultInstance());
    try {
      String leader =
          StatusProto.fromThrowable(refused)
              .getDetails(0)
              .unpack(ErrorInfo.class)
              .getMetadataOrDefault("leader", "");
      return new RefusedNode(
          MasterFixture.text(refused),
          leader,
          MasterFixture.text((StatusRuntimeException) end.get(30, TimeUnit.SECONDS)));
    } catch (InvalidProtocolBufferException
        | InterruptedException
        | java.util.concurrent.ExecutionException
        | java.util.concurrent.TimeoutException e) {
      throw new AssertionError(e);
    }
  }
}
