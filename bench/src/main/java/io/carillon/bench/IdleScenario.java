package io.carillon.bench;

import io.carillon.bench.load.LedgerQueries;
import io.carillon.bench.load.LedgerQueries.Position;
import io.carillon.bench.load.Reload;
import io.carillon.bench.load.Sleepers;
import io.carillon.bench.load.SpecMix;
import io.carillon.bench.load.WallClock;
import io.carillon.bench.report.ProgressLog;
import io.carillon.bench.report.Report;
import io.carillon.bench.rig.ProcessOptions;
import io.carillon.bench.rig.ProcessRig;
import io.carillon.bench.rig.ServerProcess;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "idle",
    description = {
      "What a cluster takes of a core while nothing is due: without a schedule, and then with very"
          + " many. Masters and clock nodes are processes of their own."
    })
final class IdleScenario extends ProcessScenario {

  /** A partition with nothing to record says how far it is once a second. */
  private static final long ALIVE_MICROS = 3_000_000;

  @Option(
      names = "--schedules",
      paramLabel = "N",
      defaultValue = "1000000",
      description = "How many (default: ${DEFAULT-VALUE}).")
  private int schedules;

  @Option(
      names = "--settle",
      paramLabel = "SECONDS",
      defaultValue = "10",
      description =
          "Before each window, after a vacuum and a checkpoint of PostgreSQL (default:"
              + " ${DEFAULT-VALUE}).")
  private double settle;

  @Option(
      names = "--window",
      paramLabel = "SECONDS",
      defaultValue = "20",
      description = "How long each is measured (default: ${DEFAULT-VALUE}).")
  private double window;

  @Mixin private MixOptions mixOptions;

  private SpecMix mix;

  IdleScenario() {
    super(new ProcessOptions(2, 2, "-Xmx3g"));
  }

  @Override
  protected void prepare() {
    if (schedules < 1
        || processOptions.masters() < 1
        || processOptions.nodes() < 1
        || settle < 0
        || window < 1) {
      throw refused(
          "--schedules, --masters, --nodes and --window must be 1 or more, --settle not negative");
    }
    mix = mixOptions.mix();
  }

  @Override
  void run(ProcessRig rig, Report report, ProgressLog progress) throws Exception {
    report.setting("schedules", mix);
    report.setting("settle s", settle);
    report.setting("window s", window);
    try (LedgerQueries ledger = new LedgerQueries(rig.postgres().connect())) {
      double empty = window(rig, ledger, 0, report, progress);
      Sleepers sleepers = new Sleepers(rig.client(), progress, mix);
      sleepers.growTo(schedules);
      boolean held = Reload.awaitHeld(rig, schedules);
      report.check("the clock nodes held all", held, "%d", schedules);
      double full = window(rig, ledger, schedules, report, progress);
      report.figure("all together, % of a core more than when empty", full - empty);
      long fires = ledger.count();
      report.check("nothing was due, nothing is recorded", fires == 0, "%d fires", fires);
    }
    report.note(
        "the window begins after a vacuum and a checkpoint: what PostgreSQL does once, because so"
            + " many were created, is not in it");
  }

  /**
   * @return percent of a core, all together
   */
  private double window(
      ProcessRig rig, LedgerQueries ledger, int count, Report report, ProgressLog progress)
      throws Exception {
    tidy(rig);
    long from = WallClock.nowMicros() + WallClock.micros(settle);
    WallClock.sleepUntil(from);
    Map<String, Duration> before = cpuTimes(rig);
    long began = System.nanoTime();
    progress.say("%d schedules: nothing is done for %.0f s", count, window);
    WallClock.sleepUntil(from + WallClock.micros(window));
    Map<String, Duration> after = cpuTimes(rig);
    double seconds = (System.nanoTime() - began) / 1e9;
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("schedules", count);
    double sum = 0;
    for (String what : after.keySet()) {
      double percent = after.get(what).minus(before.get(what)).toNanos() / 1e7 / seconds;
      row.put(what + " %", percent);
      sum += percent;
    }
    row.put("all %", sum);
    report.row(row);
    Position position = ledger.position();
    long lag = position.lagMicros(WallClock.nowMicros());
    report.check(
        "with " + count + " schedules every partition was alive",
        lag < ALIVE_MICROS,
        "the oldest watermark is %.1f s old at the end of the window",
        lag / 1e6);
    return sum;
  }

  private static void tidy(ProcessRig rig) throws Exception {
    try (Connection connection = rig.postgres().connect();
        Statement statement = connection.createStatement()) {
      statement.execute("vacuum analyze");
      statement.execute("checkpoint");
    }
  }

  private static Map<String, Duration> cpuTimes(ProcessRig rig) throws Exception {
    Map<String, Duration> times = new LinkedHashMap<>();
    String leader = rig.leader().id();
    for (ServerProcess server : rig.servers()) {
      times.put(server.id() + (server.id().equals(leader) ? " (leads)" : ""), server.cpuTime());
    }
    times.put("PostgreSQL", rig.postgres().cpuTime());
    return times;
  }
}
