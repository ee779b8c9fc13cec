package io.carillon.bench;

import io.carillon.bench.load.Ledger;
import io.carillon.bench.load.Ledger.Completeness;
import io.carillon.bench.load.Outage;
import io.carillon.bench.load.Population;
import io.carillon.bench.load.WallClock;
import io.carillon.bench.report.Progress;
import io.carillon.bench.report.Report;
import io.carillon.bench.rig.BenchNode;
import io.carillon.bench.rig.Rig;
import java.sql.Connection;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "failover",
    description = {
      "kill -9 of a clock node, and SIGTERM of one: how long until its schedules fire again, and how"
          + " late they are for it. Nodes are processes of their own, 2 at least.",
    })
final class FailoverScenario extends Scenario {

  private static final long AFTERMATH_MICROS = 4_000_000;

  @Option(
      names = "--schedules",
      paramLabel = "N",
      defaultValue = "2000",
      description = "How many (default: ${DEFAULT-VALUE}).")
  private int schedules;

  @Option(
      names = "--interval",
      paramLabel = "SECONDS",
      defaultValue = "0.2",
      description =
          "Of every schedule. Short, or the wait for the next nominal time is most of what is"
              + " measured (default: ${DEFAULT-VALUE}).")
  private double interval;

  @Option(
      names = "--rounds",
      paramLabel = "N",
      defaultValue = "3",
      description = "Kills, and as many stops in order (default: ${DEFAULT-VALUE}).")
  private int rounds;

  @Override
  void prepare() {
    rigOptions.forceProcesses();
    if (rigOptions.nodes() < 2 || rounds < 1 || schedules < rigOptions.partitions()) {
      throw refused(
          "--nodes must be 2 or more, --rounds 1 or more, --schedules as many as partitions");
    }
  }

  @Override
  void run(Rig rig, Report report, Progress progress) throws Exception {
    report.setting("schedules", schedules);
    report.setting("interval s", interval);
    Population population = new Population(rig.client(), Math.round(interval * 1e6));
    WallClock.sleepUntil(population.grow(schedules) + 3_000_000);
    try (Connection connection = rig.postgres().connect();
        Ledger ledger = new Ledger(rig.postgres().connect())) {
      boolean allBack = true;
      for (int i = 0; i < 2 * rounds; i++) {
        Outage outage = strike(rig, i % 2 == 0, connection, progress);
        allBack &= outage.schedules() > 0 && outage.firedAgain() == outage.schedules();
        report.row(row(outage, i % 2 == 0));
      }
      report.check(
          "every schedule of a lost node fired again", allBack, "in each of %d rounds", 2 * rounds);
      ledger.awaitWatermark(WallClock.nowMicros(), 5_000_000);
      rig.killNodes();
      Thread.sleep(1000);
      Completeness found = ledger.compare(population);
      report.check("every nominal time exactly once, none early", found.holds(), "%s", found);
    }
  }

  private Outage strike(Rig rig, boolean kill, Connection connection, Progress progress)
      throws Exception {
    BenchNode victim = rig.nodes().get(0);
    Outage.mark(connection, victim.id());
    long at = WallClock.nowMicros();
    progress.say("%s of %s", kill ? "kill -9" : "SIGTERM", victim.id());
    if (kill) {
      victim.kill();
    } else {
      victim.drain();
    }
    WallClock.sleepUntil(at + AFTERMATH_MICROS);
    Outage outage = Outage.read(connection, at, at + AFTERMATH_MICROS);
    rig.restart(victim);
    rig.awaitOwners();
    Thread.sleep(2000);
    return outage;
  }

  private static Map<String, Object> row(Outage outage, boolean kill) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("what", kill ? "kill -9" : "SIGTERM");
    row.put("schedules hit", outage.schedules());
    row.put("until they fire again p50 ms", millis(outage.gap(), 50));
    row.put("max ms", millis(outage.gap(), 100));
    row.put("late p50 ms", millis(outage.late(), 50));
    row.put("late p99 ms", millis(outage.late(), 99));
    row.put("late max ms", millis(outage.late(), 100));
    return row;
  }
}
