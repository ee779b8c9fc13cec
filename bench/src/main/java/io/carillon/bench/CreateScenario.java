package io.carillon.bench;

import com.google.protobuf.Duration;
import com.google.protobuf.Timestamp;
import io.carillon.bench.load.ClosedLoop;
import io.carillon.bench.load.Ledger;
import io.carillon.bench.load.Population;
import io.carillon.bench.load.WallClock;
import io.carillon.bench.report.Progress;
import io.carillon.bench.report.Report;
import io.carillon.bench.rig.Rig;
import io.carillon.v1.BatchCreateSchedulesRequest;
import io.carillon.v1.BatchCreateSchedulesResponse;
import io.carillon.v1.CreateScheduleRequest;
import io.carillon.v1.IntervalRule;
import io.carillon.v1.Schedule;
import io.carillon.v1.ScheduleServiceGrpc;
import io.carillon.v1.ScheduleServiceGrpc.ScheduleServiceStub;
import io.carillon.v1.ScheduleSpec;
import java.util.LinkedHashMap;
import java.util.Map;
import org.HdrHistogram.Histogram;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "create",
    description = {
      "Schedules created a second through the API: single calls with 1, 8 and 64 in flight, batches"
          + " of 1000, and calls at 10 000 a minute.",
      "The schedules do not fire meanwhile. Every creation carries a request id, as the client makes"
          + " them."
    })
final class CreateScenario extends Scenario {

  private static final int BATCH = 1000;
  private static final double CALLS_PER_MINUTE = 10_000;

  @Option(
      names = "--seconds",
      paramLabel = "SECONDS",
      defaultValue = "5",
      description = "For each way of calling (default: ${DEFAULT-VALUE}).")
  private double seconds;

  private final Timestamp later =
      Timestamp.newBuilder().setSeconds(WallClock.nowMicros() / 1_000_000 + 3600).build();
  private long created;

  @Override
  void run(Rig rig, Report report, Progress progress) throws Exception {
    report.setting("seconds each", seconds);
    ScheduleServiceStub stub = ScheduleServiceGrpc.newStub(rig.client().channel());
    ClosedLoop.Call<Schedule> single = done -> stub.createSchedule(request(), done);
    ClosedLoop.Call<BatchCreateSchedulesResponse> batch =
        done -> stub.batchCreateSchedules(batch(), done);
    progress.say("warming up");
    long failures = count(ClosedLoop.run(single, 8, seconds / 2), 1).failed();
    failures += count(ClosedLoop.run(batch, 1, seconds / 4), BATCH).failed();
    for (int inFlight : new int[] {1, 8, 64}) {
      progress.say("single calls, %d in flight", inFlight);
      failures += row(report, "single", inFlight, 1, ClosedLoop.run(single, inFlight, seconds));
    }
    progress.say("single calls, %.0f a minute", CALLS_PER_MINUTE);
    failures +=
        row(
            report,
            "single, 10 000 a minute",
            0,
            1,
            ClosedLoop.paced(single, CALLS_PER_MINUTE / 60, seconds));
    for (int inFlight : new int[] {1, 4}) {
      progress.say("batches of %d, %d in flight", BATCH, inFlight);
      failures +=
          row(report, "batch of 1000", inFlight, BATCH, ClosedLoop.run(batch, inFlight, seconds));
    }
    report.check("no call failed", failures == 0, "%d calls failed", failures);
    try (Ledger ledger = new Ledger(rig.postgres().connect())) {
      long stored = ledger.number("select count(*) from schedule");
      report.check(
          "every schedule created is stored, and no other",
          stored == created && created > 0,
          "%d created, %d stored",
          created,
          stored);
    }
    checkNodes(rig, report);
  }

  /** A schedule counts once a clock node has it. */
  private void checkNodes(Rig rig, Report report) throws InterruptedException {
    long began = WallClock.nowMicros();
    long held;
    do {
      Thread.sleep(100);
      held = rig.schedulesOnNodes();
    } while (held != created && WallClock.nowMicros() - began < 20_000_000);
    report.check("every schedule is on a clock node", held == created, "%d of %d", held, created);
  }

  private ClosedLoop.Outcome count(ClosedLoop.Outcome outcome, int perCall) {
    created += outcome.succeeded() * perCall;
    return outcome;
  }

  private long row(
      Report report, String how, int inFlight, int perCall, ClosedLoop.Outcome outcome) {
    Histogram took = count(outcome, perCall).micros();
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("calls", how);
    row.put("in flight", inFlight == 0 ? "as they come" : Integer.toString(inFlight));
    row.put("calls/s", outcome.succeeded() / outcome.seconds());
    row.put("schedules/s", outcome.succeeded() * perCall / outcome.seconds());
    row.put("p50 ms", millis(took, 50));
    row.put("p90 ms", millis(took, 90));
    row.put("p99 ms", millis(took, 99));
    row.put("p99.9 ms", millis(took, 99.9));
    row.put("max ms", millis(took, 100));
    report.row(row);
    return outcome.failed();
  }

  private CreateScheduleRequest request() {
    return CreateScheduleRequest.newBuilder()
        .setParent(Population.TENANT)
        .setSchedule(
            Schedule.newBuilder()
                .setSpec(
                    ScheduleSpec.newBuilder()
                        .setInterval(
                            IntervalRule.newBuilder()
                                .setPeriod(Duration.newBuilder().setSeconds(3600)))
                        .setStartTime(later)))
        .build();
  }

  private BatchCreateSchedulesRequest batch() {
    BatchCreateSchedulesRequest.Builder batch =
        BatchCreateSchedulesRequest.newBuilder().setParent(Population.TENANT);
    CreateScheduleRequest one = request();
    for (int i = 0; i < BATCH; i++) {
      batch.addRequests(one);
    }
    return batch.build();
  }
}
