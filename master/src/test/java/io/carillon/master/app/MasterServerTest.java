package io.carillon.master.app;

import static io.carillon.master.app.MasterFixture.cron;
import static io.carillon.master.app.MasterFixture.refusal;
import static io.carillon.master.app.MasterFixture.request;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.carillon.cluster.v1.RegisterRequest;
import io.carillon.common.schedule.ScheduleSpec;
import io.carillon.master.TestDatabase;
import io.carillon.master.store.sql.DatabaseConfig;
import io.carillon.master.store.sql.DatabaseUnavailableException;
import io.carillon.v1.GetScheduleRequest;
import io.carillon.v1.ScheduleServiceGrpc;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("cluster")
class MasterServerTest {

  private static ServingStatus health(ManagedChannel channel) {
    return HealthGrpc.newBlockingStub(channel)
        .check(HealthCheckRequest.getDefaultInstance())
        .getStatus();
  }

  private static void await(String what, BooleanSupplier condition) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() < end, "not within 30 s: " + what);
      Thread.sleep(20);
    }
  }

  private static String reflected(ManagedChannel channel) throws Exception {
    CompletableFuture<String> services = new CompletableFuture<>();
    StreamObserver<ServerReflectionRequest> call =
        ServerReflectionGrpc.newStub(channel)
            .serverReflectionInfo(
                new StreamObserver<>() {
                  @Override
                  public void onNext(ServerReflectionResponse response) {
                    services.complete(response.getListServicesResponse().toString());
                  }

                  @Override
                  public void onError(Throwable failure) {
                    services.completeExceptionally(failure);
                  }

                  @Override
                  public void onCompleted() {}
                });
    call.onNext(ServerReflectionRequest.newBuilder().setListServices("").build());
    try {
      return services.get(10, TimeUnit.SECONDS);
    } finally {
      call.onCompleted();
    }
  }

  static DatabaseConfig at(DatabaseConfig config, int port) {
    return new DatabaseConfig(
        config.url().replaceFirst(":\\d+/", ":" + port + "/"),
        config.user(),
        config.password(),
        config.schema(),
        4,
        Duration.ofSeconds(1));
  }

  @Test
  void both_ports_tell_their_health_and_services() throws Exception {
    try (MasterFixture fixture = new MasterFixture()) {
      assertEquals(ServingStatus.SERVING, health(fixture.channel));
      assertEquals(ServingStatus.SERVING, health(fixture.nodeChannel));
      assertTrue(reflected(fixture.channel).contains("carillon.v1.ScheduleService"));
      assertTrue(reflected(fixture.nodeChannel).contains("carillon.cluster.v1.NodeService"));
      // A second one on the same schema follows, and sends nodes away.
      try (MasterServer second = MasterServer.start(MasterFixture.config(fixture.database))) {
        assertTrue(fixture.master.isLeading());
        assertFalse(second.isLeading());
        ManagedChannel toSecond = MasterFixture.channel(second.port());
        await("SERVING", () -> health(toSecond) == ServingStatus.SERVING);
        assertEquals(
            fixture.create("by-the-first"),
            ScheduleServiceGrpc.newBlockingStub(toSecond)
                .getSchedule(
                    GetScheduleRequest.newBuilder()
                        .setName(MasterFixture.name("by-the-first"))
                        .build()));
        toSecond.shutdownNow();
        assertEquals(ServingStatus.SERVING, health(fixture.channel));
      }
      assertEquals(ServingStatus.SERVING, health(fixture.channel));
    }
  }

  @Test
  void bad_registrations_are_refused() {
    try (MasterFixture fixture = new MasterFixture()) {
      RegisterRequest good =
          RegisterRequest.newBuilder()
              .setNodeId("n")
              .setInstance("i")
              .setProtocolVersion(1)
              .setWeight(100)
              .setTzdbVersion(ScheduleSpec.tzdbVersion())
              .setSecret(ByteString.copyFrom(new byte[32]))
              .build();
      String invalid = "INVALID_ARGUMENT ";
      var nodes = fixture.nodes;
      for (String id : new String[] {"", "UPPER", "x".repeat(20_000)}) {
        assertEquals(
            invalid + "FIELD_MALFORMED node_id",
            refusal(() -> nodes.register(good.toBuilder().setNodeId(id).build())));
      }
      assertEquals(
          invalid + "FIELD_REQUIRED instance",
          refusal(() -> nodes.register(good.toBuilder().setInstance("").build())));
      assertEquals(
          invalid + "PROTOCOL_VERSION protocol_version",
          refusal(() -> nodes.register(good.toBuilder().setProtocolVersion(2).build())));
      for (String zones : new String[] {"", "1970a"}) {
        StatusRuntimeException refused =
            assertThrows(
                StatusRuntimeException.class,
                () -> nodes.register(good.toBuilder().setTzdbVersion(zones).build()));
        String text = refused.getMessage();
        assertEquals("FAILED_PRECONDITION TZDB_MISMATCH", MasterFixture.text(refused));
        assertTrue(text.contains(zones.isEmpty() ? "unknown" : zones), text);
        assertTrue(text.contains(ScheduleSpec.tzdbVersion()), text);
      }
      for (int weight : new int[] {0, -1, 1001}) {
        assertEquals(
            invalid + "FIELD_OUT_OF_RANGE weight",
            refusal(() -> nodes.register(good.toBuilder().setWeight(weight).build())));
      }
      assertEquals(
          invalid + "FIELD_REQUIRED secret",
          refusal(() -> nodes.register(good.toBuilder().clearSecret().build())));
      for (int bytes : new int[] {1, 31, 65, 10_000}) {
        ByteString secret = ByteString.copyFrom(new byte[bytes]);
        assertEquals(
            invalid + "FIELD_OUT_OF_RANGE secret",
            refusal(() -> nodes.register(good.toBuilder().setSecret(secret).build())));
      }
      assertEquals(1, nodes.register(good).getIncarnation());
      nodes.register(good.toBuilder().setInstance("j").build());
      assertEquals(
          "FAILED_PRECONDITION NODE_FENCED",
          refusal(() -> nodes.register(good.toBuilder().setIncarnation(1).build())));
      assertEquals(1, fixture.counter("nodes_fenced"));
    }
  }

  @Test
  void a_start_without_postgresql_says_what_is_wrong() {
    DatabaseConfig nowhere = at(TestDatabase.config(), 1);
    DatabaseUnavailableException refused =
        assertThrows(
            DatabaseUnavailableException.class,
            () -> MasterServer.start(MasterFixture.config(nowhere)));
    assertTrue(
        refused.getMessage().startsWith("cannot use PostgreSQL at " + nowhere),
        refused.getMessage());
    assertTrue(refused.getMessage().contains("refused"), refused.getMessage());
  }

  @Test
  void postgresql_away_and_back_shows_in_health_and_nothing_is_lost() throws Exception {
    DatabaseConfig direct = TestDatabase.config();
    int port = Integer.parseInt(direct.url().replaceFirst("^.*:(\\d+)/.*$", "$1"));
    try (TcpProxy proxy = new TcpProxy(port);
        MasterFixture fixture = new MasterFixture(at(direct, proxy.port()))) {
      fixture.create("before");
      proxy.cut();
      await("NOT_SERVING", () -> health(fixture.channel) == ServingStatus.NOT_SERVING);
      assertEquals(ServingStatus.NOT_SERVING, health(fixture.nodeChannel));
      assertTrue(
          refusal(() -> fixture.schedules.createSchedule(request("during", cron("0 3 * * *"))))
              .startsWith("UNAVAILABLE"));
      proxy.heal();
      await("SERVING", () -> health(fixture.channel) == ServingStatus.SERVING);
      assertEquals(ServingStatus.SERVING, health(fixture.nodeChannel));
      fixture.create("after");
      for (String id : new String[] {"before", "after"}) {
        fixture.schedules.getSchedule(
            GetScheduleRequest.newBuilder().setName(MasterFixture.name(id)).build());
      }
    }
  }
}
