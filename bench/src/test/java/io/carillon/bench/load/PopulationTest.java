package io.carillon.bench.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.util.Timestamps;
import io.carillon.client.CarillonClient;
import io.carillon.v1.BatchCreateSchedulesRequest;
import io.carillon.v1.BatchCreateSchedulesResponse;
import io.carillon.v1.CreateScheduleRequest;
import io.carillon.v1.ScheduleServiceGrpc.ScheduleServiceImplBase;
import io.grpc.Grpc;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class PopulationTest {

  /** Creates at once whatever is asked for. */
  private static final class Fast extends ScheduleServiceImplBase {
    final AtomicInteger created = new AtomicInteger();
    final AtomicLong latestStart = new AtomicLong();

    @Override
    public void batchCreateSchedules(
        BatchCreateSchedulesRequest request, StreamObserver<BatchCreateSchedulesResponse> answer) {
      BatchCreateSchedulesResponse.Builder made = BatchCreateSchedulesResponse.newBuilder();
      for (CreateScheduleRequest one : request.getRequestsList()) {
        long start = Timestamps.toMicros(one.getSchedule().getSpec().getStartTime());
        latestStart.accumulateAndGet(start, Math::max);
        made.addSchedules(
            one.getSchedule().toBuilder().setUid(Integer.toString(created.incrementAndGet())));
      }
      answer.onNext(made.build());
      answer.onCompleted();
    }
  }

  @Test
  void a_load_has_begun_when_all_of_its_schedules_have() throws Exception {
    Fast service = new Fast();
    Server server =
        Grpc.newServerBuilderForPort(0, InsecureServerCredentials.create())
            .addService(service)
            .build()
            .start();
    try (CarillonClient client =
        CarillonClient.builder().address("127.0.0.1:" + server.getPort()).build()) {
      Population population = new Population(client, 1_000_000);
      // More than are created to see how fast it goes: here much faster than is guessed at first.
      long start = population.grow(4_000);
      assertEquals(4_000, service.created.get());
      assertTrue(population.createdPerSecond() > 0);
      assertEquals(service.latestStart.get(), start);
    } finally {
      server.shutdownNow();
    }
  }
}
