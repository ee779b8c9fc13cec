package io.carillon.bench;

import io.carillon.bench.load.LedgerQueries;
import io.carillon.bench.load.LedgerQueries.Completeness;
import io.carillon.bench.load.Population;
import io.carillon.bench.load.Reload;
import io.carillon.bench.load.Sleepers;
import io.carillon.bench.load.SpecMix;
import io.carillon.bench.load.WallClock;
import io.carillon.bench.report.Chart;
import io.carillon.bench.report.ProgressLog;
import io.carillon.bench.report.Report;
import io.carillon.bench.rig.ProcessRig;
import io.carillon.bench.rig.ServerOptions;
import io.carillon.bench.rig.ServerProcess;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "memory",
    description = {
      "What a schedule takes on the heap of a clock node and of a master: what lives there after a"
          + " full collection, less what does when hardly any schedule is there. And how long a node"
          + " or a new leader takes to load all of them: kill -9, until every partition fires again.",
      "One clock node, so that it holds everything once; two masters; each a process of its own."
    })
final class MemoryScenario extends ClusterScenario {

  /** They fire all the while, to show that the cluster lives; a few for each partition. */
  private static final int BEACONS = 1_000;

  private static final long BEACON_PERIOD_MICROS = 1_000_000;
  private static final long SETTLE_MICROS = 3_000_000;

  @Option(
      names = "--schedules",
      split = ",",
      paramLabel = "N",
      defaultValue = "100000,1000000",
      description = "How many, rising (default: ${DEFAULT-VALUE}).")
  private List<Integer> schedules;

  @Mixin private ServerOptions servers = new ServerOptions("-Xmx3g");
  @Mixin private MixOptions mixOptions;

  private SpecMix mix;

  /**
   * What lives on a heap, before and after its owner has loaded everything anew.
   *
   * @param resident after it, memory in RAM
   * @param reload how long that took
   */
  private record Weight(long created, long loaded, long resident, Reload reload) {}

  private record Weights(int schedules, Weight node, Weight master) {}

  @Override
  protected void prepare() {
    if (!rises(schedules, BEACONS)) {
      throw refused("--schedules must rise from above " + BEACONS + ": " + schedules);
    }
    mix = mixOptions.mix();
  }

  @Override
  ProcessRig.Options cluster() {
    return servers.cluster(2, 1);
  }

  @Override
  void run(ProcessRig rig, Report report, ProgressLog progress) throws Exception {
    report.setting("schedules", mix);
    report.setting("beacons", BEACONS + " that fire every second");
    try (LedgerQueries ledger = new LedgerQueries(rig.postgres().connect())) {
      Population beacons = new Population(rig.client(), BEACON_PERIOD_MICROS);
      WallClock.sleepUntil(beacons.grow(BEACONS) + SETTLE_MICROS);
      Sleepers sleepers = new Sleepers(rig.client(), progress, mix);
      Weights empty = weigh(rig, ledger, BEACONS, progress);
      row(report, empty, empty);
      List<Weights> all = new ArrayList<>();
      boolean held = true;
      for (int count : schedules) {
        sleepers.growTo(count - BEACONS);
        held &= Reload.awaitHeld(rig, count);
        Weights weights = weigh(rig, ledger, count, progress);
        row(report, weights, empty);
        all.add(weights);
      }
      report.check("the clock node held all", held, "%s", schedules);
      summary(all, empty, report);
      check(rig, ledger, beacons, report);
    }
    report.note(
        "created: as it is after they were created one by one; loaded: after the process was killed"
            + " and got them all at once. Loading takes in the start of the JVM of the node, and the"
            + " change of the leader");
  }

  /** Leaves the cluster as it found it, but with the other master leading. */
  private static Weights weigh(
      ProcessRig rig, LedgerQueries ledger, int count, ProgressLog progress) throws Exception {
    ServerProcess node = rig.nodes().get(0);
    ServerProcess leader = rig.leader();
    long nodeCreated = node.liveHeapBytes();
    long leaderCreated = leader.liveHeapBytes();
    progress.say(
        "%d schedules: %d MiB live in the node, %d MiB in the leader",
        count, nodeCreated >> 20, leaderCreated >> 20);
    ledger.awaitWatermark(WallClock.nowMicros(), SETTLE_MICROS);
    Reload nodeReload = Reload.of(node, ledger, true);
    progress.say("kill -9 of the node: %s", nodeReload);
    Reload.awaitHeld(rig, count);
    ledger.awaitWatermark(WallClock.nowMicros(), SETTLE_MICROS);
    Weight nodeWeight =
        new Weight(nodeCreated, node.liveHeapBytes(), node.residentBytes(), nodeReload);
    ledger.awaitWatermark(WallClock.nowMicros(), SETTLE_MICROS);
    Reload masterReload = Reload.of(leader, ledger, false);
    progress.say("kill -9 of the leader: %s", masterReload);
    leader.restart();
    rig.awaitServing();
    ServerProcess next = rig.leader();
    Weight masterWeight =
        new Weight(leaderCreated, next.liveHeapBytes(), next.residentBytes(), masterReload);
    ledger.awaitWatermark(WallClock.nowMicros(), SETTLE_MICROS);
    return new Weights(count, nodeWeight, masterWeight);
  }

  private static void row(Report report, Weights weights, Weights empty) {
    int more = weights.schedules() - BEACONS;
    report.row(row("clock node", weights.schedules(), more, weights.node(), empty.node()));
    report.row(row("master", weights.schedules(), more, weights.master(), empty.master()));
  }

  private static Map<String, Object> row(
      String what, int schedules, int more, Weight weight, Weight empty) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("what", what);
    row.put("schedules", schedules);
    row.put("live MiB, created", (weight.created() >> 10) / 1024.0);
    row.put("live MiB, loaded", (weight.loaded() >> 10) / 1024.0);
    row.put("bytes each, created", more == 0 ? "" : each(weight.created(), empty.created(), more));
    row.put("bytes each, loaded", more == 0 ? "" : each(weight.loaded(), empty.loaded(), more));
    row.put("resident MiB", weight.resident() >> 20);
    row.put("all fire again s", weight.reload().seconds());
    return row;
  }

  private static double each(long bytes, long without, int schedules) {
    return (double) (bytes - without) / schedules;
  }

  private static void summary(List<Weights> all, Weights empty, Report report) {
    for (Weights weights : all) {
      int more = weights.schedules() - BEACONS;
      String of = ", " + Report.grouped(weights.schedules()) + " schedules";
      report.figure(
          "bytes each in a clock node, loaded" + of,
          each(weights.node().loaded(), empty.node().loaded(), more));
      report.figure(
          "bytes each in a master, loaded" + of,
          each(weights.master().loaded(), empty.master().loaded(), more));
      report.figure(
          "node loads, s more than with " + BEACONS + of,
          weights.node().reload().seconds() - empty.node().reload().seconds());
      report.figure(
          "new leader loads, s more than with " + BEACONS + of,
          weights.master().reload().seconds() - empty.master().reload().seconds());
    }
    List<Weights> points = new ArrayList<>(List.of(empty));
    points.addAll(all);
    report.chart(
        new Chart(
            "Live heap, loaded",
            "schedules",
            "MiB",
            false,
            false,
            List.of(
                line("clock node", points, Weights::node),
                line("master", points, Weights::master))));
  }

  private static Chart.Line line(
      String name, List<Weights> points, Function<Weights, Weight> whose) {
    return Chart.line(
        name, points, Weights::schedules, point -> whose.apply(point).loaded() / 1048576.0);
  }

  private static void check(ProcessRig rig, LedgerQueries ledger, Population beacons, Report report)
      throws Exception {
    rig.killNodes();
    ledger.awaitStill();
    Completeness found = ledger.compare(beacons);
    report.check(
        "every nominal time of the beacons exactly once, none early, nothing else",
        found.holds(),
        "%s",
        found);
  }
}
