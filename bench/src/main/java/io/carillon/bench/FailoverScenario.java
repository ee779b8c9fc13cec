package io.carillon.bench;

import io.carillon.bench.load.LedgerQueries;
import io.carillon.bench.load.LedgerQueries.Completeness;
import io.carillon.bench.load.Outage;
import io.carillon.bench.load.Outage.Leadership;
import io.carillon.bench.load.Population;
import io.carillon.bench.load.WallClock;
import io.carillon.bench.report.Chart;
import io.carillon.bench.report.Chart.Scale;
import io.carillon.bench.report.ProgressLog;
import io.carillon.bench.report.Report;
import io.carillon.bench.rig.ProcessRig;
import io.carillon.bench.rig.ServerProcess;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "failover",
    description = {
      "A clock node and the leader are lost, by kill -9 and by SIGTERM: how long until their"
          + " schedules fire again, and how late fires are for it.",
      "Masters and nodes are processes of their own, 2 of each at least. After a SIGTERM the server"
          + " goes on until others have its work, so lateness says what it cost.",
      "Whether the goal is met is said of each loss; the exit code is about the ledger alone."
    })
final class FailoverScenario extends ProcessScenario {

  /** The lateness of these nominal times is taken. */
  private static final long AFTERMATH_MICROS = 3_000_000;

  private static final long RECOVERY_LIMIT_MICROS = 60_000_000;
  private static final long WARM_UP_MICROS = 5_000_000;

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
      description = "How often each server is lost each way (default: ${DEFAULT-VALUE}).")
  private int rounds;

  @Option(
      names = "--calm",
      paramLabel = "SECONDS",
      defaultValue = "5",
      description =
          "How long the cluster is left alone between two losses: a server that has just been"
              + " started is slow at first (default: ${DEFAULT-VALUE}).")
  private double calm;

  @Option(
      names = "--pause",
      description =
          "Stop the leader with SIGSTOP too. Nothing tells the others but the end of its lease,"
              + " which is 3 s.")
  private boolean pause;

  @Option(
      names = "--only",
      split = ",",
      paramLabel = "LOSS",
      description = "These alone, of ${COMPLETION-CANDIDATES} (default: all but the pause).")
  private List<Strike> only;

  private final Map<Strike, List<Outage>> outages = new EnumMap<>(Strike.class);

  @Override
  protected void prepare() {
    if (processOptions.nodes() < 2 || processOptions.masters() < 2) {
      throw refused("--masters and --nodes must be 2 or more: something must be left");
    }
    if (rounds < 1 || interval < 0.01 || schedules < 1 || calm < 0) {
      throw refused(
          "--rounds and --schedules must be 1 or more, --interval 0.01 or more, --calm 0 or more");
    }
  }

  @Override
  void run(ProcessRig rig, Report report, ProgressLog progress) throws Exception {
    report.setting("schedules", schedules);
    report.setting("interval s", interval);
    report.setting("calm between losses s", calm);
    Population population = new Population(rig.client(), Math.round(interval * 1e6));
    WallClock.sleepUntil(population.grow(schedules) + WARM_UP_MICROS);
    try (Connection connection = rig.postgres().connect();
        LedgerQueries ledger = new LedgerQueries(rig.postgres().connect())) {
      for (int round = 0; round < rounds; round++) {
        for (Strike strike : Strike.values()) {
          if (wanted(strike)) {
            awaitCalm(ledger);
            lose(strike, round, rig, connection, ledger, report, progress);
          }
        }
      }
      check(rig, ledger, population, report);
    }
    charts(report);
  }

  private boolean wanted(Strike strike) {
    boolean requested = strike == Strike.LEADER_PAUSE && pause;
    return requested || (only == null ? strike != Strike.LEADER_PAUSE : only.contains(strike));
  }

  /** Waits until no partition changes hands: one loss at a time. */
  private void awaitCalm(LedgerQueries ledger) throws Exception {
    long epochs = -1;
    long since = WallClock.nowMicros();
    while (WallClock.nowMicros() - since < calm * 1e6) {
      long now = ledger.number("select sum(epoch) from partition_state");
      if (now != epochs) {
        epochs = now;
        since = WallClock.nowMicros();
      }
      Thread.sleep(50);
    }
  }

  private void lose(
      Strike strike,
      int round,
      ProcessRig rig,
      Connection connection,
      LedgerQueries ledger,
      Report report,
      ProgressLog progress)
      throws Exception {
    ServerProcess victim =
        strike.ofLeader() ? rig.leader() : rig.nodes().get(round % rig.nodes().size());
    if (strike.ofLeader()) {
      Outage.markLeader(connection);
    } else {
      Outage.markNode(connection, victim.id());
    }
    long leaders = Leadership.read(connection).epoch();
    progress.say("%s: %s", strike.title(), victim.id());
    long at = WallClock.nowMicros();
    long until = at + AFTERMATH_MICROS;
    strike.on(victim);
    WallClock.sleepUntil(until);
    ledger.awaitWatermark(until, RECOVERY_LIMIT_MICROS);
    boolean leadMoved = Leadership.read(connection).epoch() > leaders;
    Outage outage =
        strike.ofLeader() && leadMoved
            ? Outage.ofLeader(connection, at, until)
            : Outage.ofNode(connection, at, until);
    outages.computeIfAbsent(strike, key -> new ArrayList<>()).add(outage);
    long restarted = WallClock.nowMicros();
    strike.undo(victim);
    rig.awaitServing();
    double startMillis = (WallClock.nowMicros() - restarted) / 1000.0;
    report.row(row(strike, victim, outage, startMillis));
  }

  private static Map<String, Object> row(
      Strike strike, ServerProcess victim, Outage outage, double startMillis) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("what", strike.title());
    row.put("server", victim.id());
    row.put("schedules hit", outage.schedules());
    row.put("until they fire again p50 ms", millis(outage.gap(), 50));
    row.put("max ms", millis(outage.gap(), 100));
    row.put("late p50 ms", millis(outage.late(), 50));
    row.put("late p99 ms", millis(outage.late(), 99));
    row.put("late max ms", millis(outage.late(), 100));
    row.put("back until all serve ms", startMillis);
    row.put("goal", strike.goal());
    row.put("met", strike.met(outage));
    return row;
  }

  private void check(ProcessRig rig, LedgerQueries ledger, Population population, Report report)
      throws Exception {
    boolean allBack =
        outages.values().stream()
            .flatMap(List::stream)
            .allMatch(o -> o.schedules() > 0 && o.firedAgain() == o.schedules());
    report.check(
        "every schedule of a lost server fired again",
        allBack,
        "in each of %d losses",
        outages.values().stream().mapToInt(List::size).sum());
    boolean reached = ledger.awaitWatermark(WallClock.nowMicros(), RECOVERY_LIMIT_MICROS);
    report.check("at the end nothing lags behind", reached, "all partitions are up to date");
    rig.killNodes();
    ledger.awaitStill();
    Completeness found = ledger.compare(population);
    report.check("every nominal time exactly once, none early", found.holds(), "%s", found);
    outages.forEach(
        (strike, seen) ->
            report.figure(
                strike.title() + ": goal met",
                seen.stream().filter(o -> strike.met(o).equals("yes")).count()
                    + " of "
                    + seen.size()
                    + " times"));
  }

  private void charts(Report report) {
    List<Chart.Line> gaps = new ArrayList<>();
    List<Chart.Line> latest = new ArrayList<>();
    outages.forEach(
        (strike, seen) -> {
          if (!strike.orderly()) {
            gaps.add(line(strike.title() + ", p50", seen, o -> millis(o.gap(), 50)));
            gaps.add(line(strike.title() + ", max", seen, o -> millis(o.gap(), 100)));
          }
          latest.add(line(strike.title(), seen, o -> millis(o.late(), 100)));
        });
    report.chart(
        new Chart(
            "Until lost schedules fire again", "round", "ms", Scale.ORDINAL, Scale.LOG, gaps));
    report.chart(
        new Chart("Latest fire around a loss", "round", "ms", Scale.ORDINAL, Scale.LOG, latest));
  }

  private static Chart.Line line(
      String name, List<Outage> outages, ToDoubleFunction<Outage> millis) {
    double[] rounds = new double[outages.size()];
    for (int i = 0; i < rounds.length; i++) {
      rounds[i] = i + 1;
    }
    // A logarithm has no 0.
    double[] values = outages.stream().mapToDouble(millis).map(v -> Math.max(0.01, v)).toArray();
    return new Chart.Line(name, rounds, values, false);
  }
}
