package io.carillon.bench;

import com.google.protobuf.Duration;
import com.google.protobuf.Timestamp;
import io.carillon.bench.load.BareCreations;
import io.carillon.bench.load.ClosedLoop;
import io.carillon.bench.load.LedgerQueries;
import io.carillon.bench.load.Population;
import io.carillon.bench.load.WallClock;
import io.carillon.bench.report.Chart;
import io.carillon.bench.report.ProgressLog;
import io.carillon.bench.report.Report;
import io.carillon.bench.rig.Rig;
import io.carillon.bench.rig.Rig.CpuTime;
import io.carillon.v1.BatchCreateSchedulesRequest;
import io.carillon.v1.BatchCreateSchedulesResponse;
import io.carillon.v1.ClusterServiceGrpc;
import io.carillon.v1.ClusterServiceGrpc.ClusterServiceStub;
import io.carillon.v1.CreateScheduleRequest;
import io.carillon.v1.IntervalRule;
import io.carillon.v1.ListNodesRequest;
import io.carillon.v1.ListNodesResponse;
import io.carillon.v1.Schedule;
import io.carillon.v1.ScheduleServiceGrpc;
import io.carillon.v1.ScheduleServiceGrpc.ScheduleServiceStub;
import io.carillon.v1.ScheduleSpec;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "create",
    description = {
      "Schedules created a second through the API: single calls with 1, 8 and 64 in flight, calls at"
          + " 10 000 a minute, and batches of 1000; and beside them calls that write nothing.",
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
      description = "For each way of calling as fast as it goes (default: ${DEFAULT-VALUE}).")
  private double seconds;

  @Option(
      names = "--paced",
      paramLabel = "SECONDS",
      defaultValue = "30",
      description =
          "For the calls at 10 000 a minute; in 30 s they are 5 000, so p99.9 is the fifth slowest"
              + " (default: ${DEFAULT-VALUE}).")
  private double pacedSeconds;

  @Option(
      names = "--bare",
      paramLabel = "SECONDS",
      defaultValue = "3",
      description =
          "How long to insert the same rows without Carillon (default: ${DEFAULT-VALUE}).")
  private double bareSeconds;

  private final Timestamp later =
      Timestamp.newBuilder().setSeconds(WallClock.nowMicros() / 1_000_000 + 3600).build();
  private final List<Chart.Line> lines = new ArrayList<>();
  private Rig rig;
  private long created;
  private double most;

  /** Calls of one kind. */
  private interface Load {
    ClosedLoop.Outcome run() throws InterruptedException;
  }

  @Override
  protected void prepare() {
    if (seconds < 0.1 || pacedSeconds < 0.1) {
      throw refused("--seconds and --paced must be 0.1 or more");
    }
  }

  @Override
  void run(Rig cluster, Report report, ProgressLog progress) throws Exception {
    rig = cluster;
    report.setting("seconds each", seconds);
    report.setting("seconds paced", pacedSeconds);
    ScheduleServiceStub stub = ScheduleServiceGrpc.newStub(rig.client().channel());
    ClosedLoop.Call<Schedule> single = done -> stub.createSchedule(request(), done);
    ClosedLoop.Call<BatchCreateSchedulesResponse> batch =
        done -> stub.batchCreateSchedules(batch(), done);
    progress.say("warming up");
    long failures = count(ClosedLoop.run(single, 8, seconds / 2), 1).failed();
    failures += count(ClosedLoop.run(batch, 1, seconds / 4), BATCH).failed();
    failures += calls(report, progress, single, batch);
    report.chart(Chart.ofPercentiles("How long calls take", lines));
    report.check("no call failed", failures == 0, "%d calls failed", failures);
    try (LedgerQueries ledger = new LedgerQueries(rig.postgres().connect())) {
      long stored = ledger.number("select count(*) from schedule");
      report.check(
          "every schedule created is stored, and no other",
          stored == created && created > 0,
          "%d created, %d stored",
          created,
          stored);
    }
    checkNodes(report);
    bare(report, progress);
  }

  private long calls(
      Report report,
      ProgressLog progress,
      ClosedLoop.Call<Schedule> single,
      ClosedLoop.Call<BatchCreateSchedulesResponse> batch)
      throws Exception {
    progress.say("calls that write nothing");
    ClusterServiceStub cluster = ClusterServiceGrpc.newStub(rig.client().channel());
    ClosedLoop.Call<ListNodesResponse> nothing =
        done -> cluster.listNodes(ListNodesRequest.getDefaultInstance(), done);
    ClosedLoop.run(nothing, 8, seconds / 4);
    long failures = row(report, "list the nodes", 8, 0, () -> ClosedLoop.run(nothing, 8, seconds));
    for (int inFlight : new int[] {1, 8, 64}) {
      progress.say("single calls, %d in flight", inFlight);
      failures +=
          row(report, "single", inFlight, 1, () -> ClosedLoop.run(single, inFlight, seconds));
    }
    progress.say("single calls, %.0f a minute", CALLS_PER_MINUTE);
    failures +=
        row(
            report,
            "single, 10 000 a minute",
            0,
            1,
            () -> ClosedLoop.paced(single, CALLS_PER_MINUTE / 60, pacedSeconds));
    for (int inFlight : new int[] {1, 4}) {
      progress.say("batches of %d, %d in flight", BATCH, inFlight);
      failures +=
          row(
              report,
              "batch of 1000",
              inFlight,
              BATCH,
              () -> ClosedLoop.run(batch, inFlight, seconds));
    }
    return failures;
  }

  /** A schedule counts once a clock node has it. */
  private void checkNodes(Report report) throws InterruptedException {
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

  private long row(Report report, String how, int inFlight, int perCall, Load load)
      throws Exception {
    CpuTime before = rig.cpuTime();
    ClosedLoop.Outcome outcome = load.run();
    CpuTime cpu = rig.cpuTime().since(before);
    Histogram took = count(outcome, perCall).micros();
    double schedules = outcome.succeeded() * (double) perCall;
    double each = Math.max(1, perCall == 0 ? outcome.succeeded() : schedules);
    most = Math.max(most, schedules / outcome.seconds());
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("calls", how);
    row.put("in flight", inFlight == 0 ? "as they come" : Integer.toString(inFlight));
    row.put("ended", outcome.succeeded());
    row.put("calls/s", outcome.succeeded() / outcome.seconds());
    row.put("schedules/s", schedules / outcome.seconds());
    row.put("p50 ms", millis(took, 50));
    row.put("p90 ms", millis(took, 90));
    row.put("p99 ms", millis(took, 99));
    row.put("p99.9 ms", millis(took, 99.9));
    row.put("max ms", millis(took, 100));
    row.put("JVM µs each", cpu.java().toNanos() / 1e3 / each);
    row.put("PostgreSQL µs each", cpu.postgres().toNanos() / 1e3 / each);
    report.row(row);
    lines.add(Chart.percentiles(inFlight == 0 ? how : how + ", " + inFlight + " in flight", took));
    return outcome.failed();
  }

  private void bare(Report report, ProgressLog progress) throws Exception {
    progress.say("bare inserts");
    rig.killNodes();
    try (Connection connection = rig.postgres().connect()) {
      BareCreations bare = new BareCreations(connection);
      double withEach = bare.measure(BATCH, bareSeconds);
      double withOne = bare.measure(1, bareSeconds);
      report.figure("most schedules created/s", most);
      report.figure("bare inserts of the same rows, schedules/s", withOne);
      report.figure("the same with a request id for each", withEach);
      report.figure("created / bare", most / withOne);
    }
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
