package io.carillon.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.Any;
import com.google.rpc.Code;
import com.google.rpc.ErrorInfo;
import io.carillon.cli.terminal.ExitCode;
import io.carillon.v1.ClusterEvent;
import io.carillon.v1.ClusterServiceGrpc;
import io.carillon.v1.LeaderElected;
import io.carillon.v1.PauseScheduleRequest;
import io.carillon.v1.Schedule;
import io.carillon.v1.ScheduleServiceGrpc;
import io.carillon.v1.WatchEventsRequest;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.StreamObserver;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
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

  @Test
  void events_go_on_when_the_leader_is_lost_but_a_master_that_is_not_there_is_an_error()
      throws Exception {
    AtomicInteger calls = new AtomicInteger();
    Server server =
        NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", 0))
            .addService(
                new ClusterServiceGrpc.ClusterServiceImplBase() {
                  @Override
                  public void watchEvents(
                      WatchEventsRequest request, StreamObserver<ClusterEvent> caller) {
                    int call = calls.incrementAndGet();
                    if (call != 2) {
                      caller.onNext(
                          ClusterEvent.newBuilder()
                              .setLeaderElected(LeaderElected.newBuilder().setLeader("m" + call))
                              .build());
                    }
                    caller.onError(Status.UNAVAILABLE.withDescription("lost").asException());
                  }
                })
            .build()
            .start();
    try {
      FakeMaster.Outcome outcome =
          FakeMaster.runWith(
              "",
              Map.of("CARILLON_SERVER", "127.0.0.1:" + server.getPort()),
              "cluster",
              "events",
              "--max",
              "2");
      assertEquals(ExitCode.OK, outcome.exit(), outcome.err());
      assertTrue(outcome.out().contains("m1 leads"), outcome.out());
      assertTrue(outcome.out().contains("m3 leads"), outcome.out());
      assertEquals(List.of("connection lost (lost); trying again"), outcome.err().lines().toList());
    } finally {
      server.shutdownNow();
    }
    assertEquals(
        ExitCode.UNAVAILABLE,
        FakeMaster.runWith("", Map.of("CARILLON_SERVER", "127.0.0.1:1"), "cluster", "events")
            .exit());
  }

  @Test
  void a_clock_node_wants_the_ports_of_its_masters() {
    for (String masters : List.of("", "127.0.0.1", "127.0.0.1:7401,,127.0.0.1:7402")) {
      FakeMaster.Outcome outcome =
          FakeMaster.runWith("", Map.of(), "clock-node", "--master", masters);
      assertEquals(ExitCode.USAGE, outcome.exit(), masters);
      assertTrue(outcome.err().contains("is not a host:port"), outcome.err());
    }
  }
}
