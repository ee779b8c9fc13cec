package io.carillon.bench.load;

import com.google.protobuf.util.Durations;
import com.google.protobuf.util.Timestamps;
import io.carillon.client.CarillonClient;
import io.carillon.v1.BatchCreateSchedulesRequest;
import io.carillon.v1.CreateScheduleRequest;
import io.carillon.v1.IntervalRule;
import io.carillon.v1.Schedule;
import io.carillon.v1.ScheduleSpec;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Interval schedules, spread evenly over their phase, made through the API as any client would.
 * What was requested is kept, apart from what Carillon stores: the ledger is checked against it.
 */
public final class Population {

  public static final String TENANT = "tenants/default";
  private static final int BATCH = 1000;
  private static final int IN_FLIGHT = 2;

  /** For the first schedules, on a cold JVM. */
  private static final double FIRST_GUESS_PER_SECOND = 1_000;

  private static final int PROBE = 3_000;

  /** Creation is not always as fast as it was. */
  private static final double CAUTION = 1.3;

  private static final long MARGIN_MICROS = 1_000_000;

  private final CarillonClient client;
  private final long periodMicros;
  private final Expectations expectations = new Expectations();
  private double perSecond = FIRST_GUESS_PER_SECOND;
  private int size;

  /**
   * @param periodMicros of every schedule
   */
  public Population(CarillonClient client, long periodMicros) {
    this.client = client;
    this.periodMicros = periodMicros;
  }

  public int size() {
    return size;
  }

  /** How fast the latest schedules were created. */
  public double createdPerSecond() {
    return perSecond;
  }

  /**
   * Adds schedules that begin to fire when all of them are there: creating and firing would disturb
   * each other, and what is due before the load begins is a backlog.
   *
   * @return when the last of them begin
   */
  public long grow(int count) throws InterruptedException {
    int first = Math.min(count, size == 0 ? PROBE : 0);
    long start = 0;
    if (first > 0) {
      // How fast this machine creates is not known yet: a few schedules tell, and do no harm if
      // they fire too soon. If it is fast they begin after the rest.
      start = add(first, FIRST_GUESS_PER_SECOND);
    }
    return first == count ? start : Math.max(start, add(count - first, perSecond));
  }

  private long add(int count, double expectedPerSecond) throws InterruptedException {
    long wait = (long) (count * 1_000_000.0 / expectedPerSecond * CAUTION);
    long start = WallClock.nowMicros() + MARGIN_MICROS + wait;
    long began = System.nanoTime();
    ExecutorService callers = Executors.newFixedThreadPool(IN_FLIGHT);
    try {
      List<Future<?>> batches = new ArrayList<>();
      for (int first = 0; first < count; first += BATCH) {
        BatchCreateSchedulesRequest request =
            batch(first, Math.min(count, first + BATCH), count, start);
        batches.add(callers.submit(() -> create(request)));
      }
      for (Future<?> batch : batches) {
        batch.get();
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException("creating schedules failed", e.getCause());
    } finally {
      callers.shutdownNow();
    }
    perSecond = count / ((System.nanoTime() - began) / 1e9);
    size += count;
    return start;
  }

  private BatchCreateSchedulesRequest batch(int first, int end, int count, long start) {
    BatchCreateSchedulesRequest.Builder batch =
        BatchCreateSchedulesRequest.newBuilder().setParent(TENANT);
    for (int i = first; i < end; i++) {
      long anchor = start + periodMicros * i / count;
      ScheduleSpec.Builder spec =
          ScheduleSpec.newBuilder()
              .setInterval(
                  IntervalRule.newBuilder()
                      .setPeriod(Durations.fromMicros(periodMicros))
                      .setAnchorTime(Timestamps.fromMicros(anchor)))
              .setStartTime(Timestamps.fromMicros(start));
      batch.addRequests(
          CreateScheduleRequest.newBuilder()
              .setScheduleId("bench-" + (size + i))
              .setSchedule(Schedule.newBuilder().setSpec(spec)));
    }
    return batch.build();
  }

  private void create(BatchCreateSchedulesRequest request) {
    List<Schedule> created = client.schedules().batchCreateSchedules(request).getSchedulesList();
    synchronized (expectations) {
      for (int i = 0; i < created.size(); i++) {
        ScheduleSpec requested = request.getRequests(i).getSchedule().getSpec();
        Schedule answer = created.get(i);
        expectations.add(
            Long.parseLong(answer.getUid()),
            Timestamps.toMicros(requested.getInterval().getAnchorTime()),
            periodMicros,
            Math.max(
                Timestamps.toMicros(answer.getEffectiveTime()),
                Timestamps.toMicros(requested.getStartTime()) - 1));
      }
    }
  }

  /** Lays what is expected beside the ledger, for {@link LedgerQueries} to compare. */
  public void writeExpectations(Connection connection) throws SQLException {
    synchronized (expectations) {
      expectations.write(connection);
    }
  }
}
