package io.carillon.master.app;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.carillon.master.TestDatabase;
import io.carillon.master.access.Answerer;
import io.carillon.master.access.Method;
import io.carillon.master.access.Service;
import io.carillon.master.access.Services;
import io.carillon.master.forward.Bytes;
import io.grpc.CallOptions;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Every method of the API at a master that follows, while nobody leads. */
class WhoAnswersTest {

  /** Ends by its first answer, or by how the call ends. */
  private static CompletableFuture<String> called(FollowerFixture follower, Method method) {
    CompletableFuture<String> end = new CompletableFuture<>();
    MethodDescriptor<byte[], byte[]> raw =
        method.descriptor().toBuilder(Bytes.MARSHALLER, Bytes.MARSHALLER).build();
    var call =
        follower.channel.newCall(raw, CallOptions.DEFAULT.withDeadlineAfter(30, TimeUnit.SECONDS));
    StreamObserver<byte[]> answers =
        new StreamObserver<>() {
          @Override
          public void onNext(byte[] answer) {
            end.complete("answered");
          }

          @Override
          public void onError(Throwable failure) {
            end.complete(whose(failure));
          }

          @Override
          public void onCompleted() {
            end.complete("answered");
          }
        };
    StreamObserver<byte[]> requests = ClientCalls.asyncBidiStreamingCall(call, answers);
    requests.onNext(new byte[0]);
    requests.onCompleted();
    return end;
  }

  /** An empty request may be refused: by who carries it out. */
  private static String whose(Throwable failure) {
    StatusRuntimeException refusal = (StatusRuntimeException) failure;
    String text = MasterFixture.text(refusal);
    if (text.equals("UNAVAILABLE NO_LEADER")) {
      return "passed on";
    }
    return refusal.getStatus().getCode() == Status.Code.INVALID_ARGUMENT ? "answered" : text;
  }

  @Test
  void a_follower_carries_out_what_any_master_answers_and_passes_on_all_else() throws Exception {
    Map<String, String> expected = new TreeMap<>();
    Map<String, CompletableFuture<String>> ends = new TreeMap<>();
    Map<String, String> found = new TreeMap<>();
    try (FollowerFixture follower =
        new FollowerFixture(TestDatabase.config(), Duration.ofMillis(100))) {
      for (Service service : Services.API) {
        for (Method method : service.methods()) {
          expected.put(
              method.fullName(),
              method.answerer() == Answerer.ANY_MASTER ? "answered" : "passed on");
          ends.put(method.fullName(), called(follower, method));
        }
      }
      for (Map.Entry<String, CompletableFuture<String>> end : ends.entrySet()) {
        found.put(end.getKey(), end.getValue().get(60, TimeUnit.SECONDS));
      }
    }
    assertEquals(expected, found);
  }
}
