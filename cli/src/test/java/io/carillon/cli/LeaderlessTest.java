package io.carillon.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.Any;
import com.google.rpc.Code;
import com.google.rpc.ErrorInfo;
import io.carillon.v1.PauseScheduleRequest;
import io.carillon.v1.Schedule;
import io.carillon.v1.ScheduleServiceGrpc;
import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.StreamObserver;
import java.net.InetSocketAddress;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What the command says while no master leads. */
class LeaderlessTest {

  private static FakeMaster.Outcome pauseRefusedWith(String reason, String message)
      throws Exception {
    Server server =
        NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", 0))
            .addService(
                new ScheduleServiceGrpc.ScheduleServiceImplBase() {
                  @Override
                  public void pauseSchedule(
                      PauseScheduleRequest request, StreamObserver<Schedule> caller) {
                    caller.onError(
                        StatusProto.toStatusRuntimeException(
                            com.google.rpc.Status.newBuilder()
                                .setCode(Code.UNAVAILABLE_VALUE)
                                .setMessage(message)
                                .addDetails(
                                    Any.pack(ErrorInfo.newBuilder().setReason(reason).build()))
                                .build()));
                  }
                })
            .build()
            .start();
    try {
      // The first of the masters is not there at all.
      String masters = "127.0.0.1:1,127.0.0.1:" + server.getPort();
      return FakeMaster.runWith(
          "", Map.of("CARILLON_SERVER", masters), "schedule", "pause", "nightly");
    } finally {
      server.shutdownNow();
    }
  }

  @Test
  void without_a_leader_it_says_that_nothing_was_done_and_whom_it_asked() throws Exception {
    FakeMaster.Outcome outcome = pauseRefusedWith("NO_LEADER", "no master leads: try again");
    assertEquals(ExitCode.UNAVAILABLE, outcome.exit());
    assertTrue(
        outcome.err().startsWith("carillon: no master leads: try again (asked 127.0.0.1:1,127"),
        outcome.err());
  }

  @Test
  void when_the_leader_is_lost_it_says_that_the_outcome_is_open() throws Exception {
    FakeMaster.Outcome outcome = pauseRefusedWith("LEADER_LOST", "not known");
    assertEquals(ExitCode.UNAVAILABLE, outcome.exit());
    assertTrue(
        outcome.err().contains("not known; see whether it was done, and repeat it if not"),
        outcome.err());
  }
}
