package io.carillon.bench.load;

import io.carillon.bench.report.ProgressLog;
import io.carillon.client.CarillonClient;
import io.carillon.v1.BatchCreateSchedulesRequest;
import io.carillon.v1.BatchCreateSchedulesResponse;
import io.carillon.v1.CreateScheduleRequest;
import io.carillon.v1.Schedule;
import io.carillon.v1.ScheduleServiceGrpc;
import io.carillon.v1.ScheduleServiceGrpc.ScheduleServiceStub;
import io.carillon.v1.ScheduleSpec;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntFunction;

/** Very many schedules, made through the API in batches with several of them in flight. */
public final class BatchCreator {

  private static final int BATCH = 1000;
  private static final int IN_FLIGHT = 4;
  private static final long TELL_EVERY_NANOS = 5_000_000_000L;

  /** Hears of each schedule that was created, on any thread, one call at a time. */
  @FunctionalInterface
  public interface Witness {
    void created(ScheduleSpec requested, Schedule answer);
  }

  private final ScheduleServiceStub stub;
  private final ProgressLog progress;

  public BatchCreator(CarillonClient client, ProgressLog progress) {
    this.stub = ScheduleServiceGrpc.newStub(client.channel());
    this.progress = progress;
  }

  /**
   * Creates {@code prefix-first} to {@code prefix-(end - 1)}, and answers when all are stored.
   *
   * @param specs by number
   * @return schedules a second
   */
  public double run(
      String prefix, int first, int end, IntFunction<ScheduleSpec> specs, Witness witness)
      throws InterruptedException {
    Semaphore places = new Semaphore(IN_FLIGHT);
    AtomicReference<Throwable> failure = new AtomicReference<>();
    AtomicInteger done = new AtomicInteger();
    long began = System.nanoTime();
    long lastSaid = began;
    for (int from = first; from < end && failure.get() == null; from += BATCH) {
      BatchCreateSchedulesRequest request = batch(prefix, from, Math.min(end, from + BATCH), specs);
      places.acquire();
      stub.batchCreateSchedules(request, new Answer(request, witness, places, failure, done));
      if (System.nanoTime() - lastSaid > TELL_EVERY_NANOS) {
        lastSaid = System.nanoTime();
        progress.say(
            "%d of %d schedules created, %.0f/s",
            done.get(), end - first, done.get() / ((lastSaid - began) / 1e9));
      }
    }
    places.acquire(IN_FLIGHT);
    if (failure.get() != null) {
      throw new IllegalStateException("creating schedules failed", failure.get());
    }
    return (end - first) / ((System.nanoTime() - began) / 1e9);
  }

  private static BatchCreateSchedulesRequest batch(
      String prefix, int from, int end, IntFunction<ScheduleSpec> specs) {
    BatchCreateSchedulesRequest.Builder batch =
        BatchCreateSchedulesRequest.newBuilder().setParent(Population.TENANT);
    for (int i = from; i < end; i++) {
      batch.addRequests(
          CreateScheduleRequest.newBuilder()
              .setScheduleId(prefix + "-" + i)
              .setSchedule(Schedule.newBuilder().setSpec(specs.apply(i))));
    }
    return batch.build();
  }

  private record Answer(
      BatchCreateSchedulesRequest request,
      Witness witness,
      Semaphore places,
      AtomicReference<Throwable> failure,
      AtomicInteger done)
      implements StreamObserver<BatchCreateSchedulesResponse> {

    @Override
    public void onNext(BatchCreateSchedulesResponse response) {
      List<Schedule> created = response.getSchedulesList();
      synchronized (witness) {
        for (int i = 0; i < created.size(); i++) {
          witness.created(request.getRequests(i).getSchedule().getSpec(), created.get(i));
        }
      }
      done.addAndGet(created.size());
    }

    @Override
    public void onError(Throwable cause) {
      failure.compareAndSet(null, cause);
      places.release();
    }

    @Override
    public void onCompleted() {
      places.release();
    }
  }
}
