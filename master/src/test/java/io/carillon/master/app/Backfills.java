package io.carillon.master.app;

import static io.carillon.master.app.MasterFixture.every;
import static io.carillon.master.app.MasterFixture.name;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.Timestamp;
import io.carillon.v1.BackfillScheduleRequest;
import io.carillon.v1.CancelOperationRequest;
import io.carillon.v1.GetOperationRequest;
import io.carillon.v1.Operation;
import io.carillon.v1.Schedule;
import io.carillon.v1.ScheduleSpec;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** Backfills over a real master and PostgreSQL. */
abstract class Backfills {

  /** 2026-01-05T00:00:00Z. */
  static final long BASE = Instant.parse("2026-01-05T00:00:00Z").getEpochSecond();

  static final long SECOND = 1_000_000;
  static MasterFixture shared;

  @BeforeAll
  static void start() {
    shared = new MasterFixture();
  }

  @AfterAll
  static void stop() {
    shared.close();
  }

  static void await(String what, BooleanSupplier condition) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() < end, "not within 30 s: " + what);
      LockSupport.parkNanos(10_000_000);
    }
  }

  static Timestamp at(long second) {
    return Timestamp.newBuilder().setSeconds(second).build();
  }

  static ScheduleSpec secondly() {
    ScheduleSpec.Builder spec = every(1).toBuilder();
    spec.getIntervalBuilder().setAnchorTime(at(0));
    return spec.build();
  }

  /** Every second from {@link #BASE} on. */
  static BackfillScheduleRequest.Builder backfill(String id, long seconds, int rate) {
    return BackfillScheduleRequest.newBuilder()
        .setName(name(id))
        .setStartTime(at(BASE))
        .setEndTime(at(BASE + seconds))
        .setFiresPerSecond(rate);
  }

  static List<Long> seconds(long from, long to) {
    return LongStream.range(from, to).map(second -> second * SECOND).boxed().toList();
  }

  static List<Long> recorded(MasterFixture fixture, Schedule schedule, int backfill) {
    return fixture.values(
        "select nominal_time from fire where kind = "
            + (1 + backfill)
            + " and schedule_num = "
            + schedule.getUid()
            + " order by nominal_time");
  }

  static Operation get(MasterFixture fixture, Operation operation) {
    return fixture.operations.getOperation(
        GetOperationRequest.newBuilder().setName(operation.getName()).build());
  }

  static Operation cancel(Operation operation) {
    return shared.operations.cancelOperation(
        CancelOperationRequest.newBuilder().setName(operation.getName()).build());
  }

  /** As soon as PostgreSQL has noticed that the session that held the lock is gone. */
  static MasterFixture started(io.carillon.master.store.sql.DatabaseConfig database) {
    MasterFixture[] started = new MasterFixture[1];
    await(
        "the lead",
        () -> {
          try {
            started[0] = new MasterFixture(database);
            return true;
          } catch (IllegalStateException e) {
            return false;
          }
        });
    return started[0];
  }
}
