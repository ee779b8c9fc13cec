package io.carillon.master.node;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.carillon.cluster.v1.PushFiresResponse;
import io.carillon.master.core.MasterCommand.Acknowledge;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.List;
import org.junit.jupiter.api.Test;

class NodeSessionsTest {

  private final NodeSessions sessions = new NodeSessions(Runnable::run);
  private final FakeStream stream = new FakeStream();

  @Test
  void a_stream_that_is_cancelled_as_the_core_sends_on_it_does_not_reach_the_core() {
    sessions.openPush(1, stream);
    stream.cancelled = true;
    sessions.send(new Acknowledge(1, 1, List.of()));
  }

  @Test
  void the_first_acknowledgement_makes_room_for_all_that_it_settles() {
    sessions.openPush(1, stream);
    for (long batch = 101; batch <= 108; batch++) {
      sessions.pushed(1, stream, batch);
    }
    sessions.send(new Acknowledge(1, 108, List.of()));
    assertEquals(8, stream.requested);
    sessions.pushed(1, stream, 109);
    sessions.send(new Acknowledge(1, 109, List.of()));
    assertEquals(9, stream.requested);
  }

  private static final class FakeStream extends ServerCallStreamObserver<PushFiresResponse> {
    private boolean cancelled;
    private int requested;

    @Override
    public void onNext(PushFiresResponse response) {
      if (cancelled) {
        throw Status.CANCELLED.asRuntimeException();
      }
    }

    @Override
    public void request(int count) {
      requested += count;
    }

    @Override
    public void onError(Throwable failure) {}

    @Override
    public void onCompleted() {}

    @Override
    public boolean isCancelled() {
      return cancelled;
    }

    @Override
    public boolean isReady() {
      return true;
    }

    @Override
    public void setOnCancelHandler(Runnable handler) {}

    @Override
    public void setOnReadyHandler(Runnable handler) {}

    @Override
    public void setCompression(String compression) {}

    @Override
    public void setMessageCompression(boolean enable) {}

    @Override
    public void disableAutoInboundFlowControl() {}
  }
}
