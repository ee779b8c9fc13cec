package io.carillon.master.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carillon.cluster.v1.NodeServiceGrpc;
import io.carillon.cluster.v1.RegisterRequest;
import io.carillon.master.forward.LeaderProxy;
import io.carillon.master.instruments.Instruments;
import io.carillon.master.store.sql.DatabaseConfig;
import io.carillon.v1.GetScheduleRequest;
import io.carillon.v1.ScheduleServiceGrpc;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Ports of a master that has just begun to listen: nothing is offered on them yet. */
class MasterPortsTest {

  private final ExecutorService executor = Executors.newCachedThreadPool();

  @AfterEach
  void stop() {
    executor.shutdownNow();
  }

  @Test
  void who_calls_a_master_that_is_starting_is_told_to_try_again() throws Exception {
    DatabaseConfig nowhere = DatabaseConfig.of("jdbc:postgresql://127.0.0.1/nowhere", "nobody", "");
    MasterPorts ports =
        new MasterPorts(MasterFixture.config(nowhere), executor, new Instruments(), () -> 0);
    ManagedChannel clients = MasterFixture.channel(ports.apiPort());
    ManagedChannel nodes = MasterFixture.channel(ports.nodePort());
    try {
      assertStarting(
          () ->
              ScheduleServiceGrpc.newBlockingStub(clients)
                  .getSchedule(GetScheduleRequest.getDefaultInstance()));
      assertStarting(
          () ->
              NodeServiceGrpc.newBlockingStub(nodes)
                  .register(RegisterRequest.getDefaultInstance()));
    } finally {
      clients.shutdownNow();
      nodes.shutdownNow();
      ports.stop();
    }
  }

  private static void assertStarting(Callable<?> call) {
    StatusRuntimeException refusal = assertThrows(StatusRuntimeException.class, call::call);
    assertEquals("UNAVAILABLE STARTING", MasterFixture.text(refusal));
    assertTrue(
        refusal.getTrailers().containsKey(LeaderProxy.NOT_TAKEN),
        "a follower that passes a call on may do so again");
  }
}
