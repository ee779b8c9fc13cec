package io.carillon.bench;

import io.carillon.bench.load.BareInserts;
import io.carillon.bench.load.FireConsumer;
import io.carillon.bench.load.Herd;
import io.carillon.bench.load.HerdRound;
import io.carillon.bench.load.LedgerQueries;
import io.carillon.bench.load.LedgerQueries.Completeness;
import io.carillon.bench.load.RisingCount;
import io.carillon.bench.load.WallClock;
import io.carillon.bench.report.Chart;
import io.carillon.bench.report.ProgressLog;
import io.carillon.bench.report.Report;
import io.carillon.bench.rig.Rig;
import io.carillon.bench.rig.Rig.CpuTime;
import java.lang.management.ManagementFactory;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "herd",
    description = {
      "Very many schedules due at once: how long until all fires are recorded, delivered on"
          + " Subscribe streams, and acknowledged.",
      "They are due together more than once: the first time pays for the JIT compiler."
    })
final class HerdScenario extends Scenario {

  /** Between the last preparation and a herd: a quiet cluster. */
  private static final long QUIET_MICROS = 2_000_000;

  private static final long HELD_LIMIT_MICROS = 60_000_000;

  @Option(
      names = "--schedules",
      paramLabel = "N",
      defaultValue = "1000000",
      description = "How many (default: ${DEFAULT-VALUE}).")
  private int schedules;

  @Option(
      names = "--spread",
      paramLabel = "SECONDS",
      defaultValue = "0",
      description =
          "They are due evenly within so long; 0: at the same instant (default:"
              + " ${DEFAULT-VALUE}).")
  private double spread;

  @Option(
      names = "--interval",
      paramLabel = "SECONDS",
      defaultValue = "30",
      description =
          "Of every schedule: the next herd comes so long after one (default: ${DEFAULT-VALUE}).")
  private double interval;

  @Option(
      names = "--herds",
      paramLabel = "N",
      defaultValue = "2",
      description = "How often they are due (default: ${DEFAULT-VALUE}).")
  private int herds;

  @Option(
      names = "--bare",
      paramLabel = "SECONDS",
      defaultValue = "3",
      description = "How long to insert without Carillon (default: ${DEFAULT-VALUE}).")
  private double bareSeconds;

  @Option(names = "--no-delivery", description = "Without a subscriber: recording alone.")
  private boolean noDelivery;

  @Mixin private StreamOptions streams;

  @Override
  protected void prepare() {
    if (schedules < 1 || herds < 1 || interval < 2 || spread < 0 || spread > interval / 2) {
      throw refused(
          "--schedules and --herds must be 1 or more, --interval 2 or more, --spread at most half"
              + " of it");
    }
  }

  @Override
  void run(Rig rig, Report report, ProgressLog progress) throws Exception {
    report.setting("schedules", schedules);
    report.setting("spread s", spread);
    report.setting("interval s", interval);
    long empty = liveHeap();
    Herd herd =
        new Herd(rig.client(), progress, WallClock.micros(interval), WallClock.micros(spread));
    report.figure("created/s, batches of 1000, 4 in flight", herd.create(schedules));
    awaitHeld(rig, report, progress);
    Optional<FireConsumer> consumer =
        noDelivery ? Optional.empty() : Optional.of(streams.open(rig, report));
    try (LedgerQueries ledger = new LedgerQueries(rig.postgres().connect())) {
      long held = liveHeap();
      List<HerdRound> rounds = rounds(rig, herd, ledger, consumer, report, progress);
      rig.killNodes();
      if (consumer.isPresent()) {
        LoadScenario.checkDelivery(consumer.get(), ledger, report, progress);
      }
      report.figure("live heap MiB, empty", empty >> 20);
      report.figure("live heap MiB, with the schedules", held >> 20);
      report.figure("live heap MiB, after the herds", liveHeap() >> 20);
      progress.say("checking the ledger");
      ledger.awaitStill();
      Completeness found = ledger.compare(herd.expectations());
      report.check("every nominal time exactly once, none early", found.holds(), "%s", found);
      summary(rounds.get(rounds.size() - 1), rig, report, progress);
    } finally {
      consumer.ifPresent(FireConsumer::close);
    }
    report.note(
        "live heap is after a full collection, of the JVM that holds the master, the harness%s",
        rigOptions.processes() ? "" : " and the clock nodes");
  }

  private List<HerdRound> rounds(
      Rig rig,
      Herd herd,
      LedgerQueries ledger,
      Optional<FireConsumer> consumer,
      Report report,
      ProgressLog progress)
      throws Exception {
    List<HerdRound> rounds = new ArrayList<>();
    boolean whole = true;
    for (int i = 1; i <= herds; i++) {
      long due = herd.nextTurn(WallClock.nowMicros() + QUIET_MICROS);
      progress.say("herd %d in %.1f s", i, (due - WallClock.nowMicros()) / 1e6);
      WallClock.sleepUntil(due - QUIET_MICROS / 10);
      CpuTime cpu = rig.cpuTime();
      HerdRound round =
          HerdRound.watch(ledger, consumer, due, schedules, WallClock.micros(interval));
      CpuTime spent = rig.cpuTime().since(cpu);
      whole &= round.whole();
      rounds.add(round);
      row(report, i, "recorded", round, round.recorded());
      if (consumer.isPresent()) {
        row(report, i, "delivered", round, round.delivered());
        row(report, i, "acknowledged", round, round.acknowledged());
      }
      report.figure("JVM µs/fire, herd " + i, LoadScenario.perFire(spent.java(), schedules));
      report.figure(
          "PostgreSQL µs/fire, herd " + i, LoadScenario.perFire(spent.postgres(), schedules));
      progress.say(
          "herd %d: all recorded after %.2f s, delivered after %.2f s",
          i, round.seconds(round.recorded(), 1), round.seconds(round.delivered(), 1));
    }
    report.check("each herd was worked off before the next", whole, "%d herds", herds);
    return rounds;
  }

  private static void row(
      Report report, int number, String what, HerdRound round, RisingCount count) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("herd", number);
    row.put("what", what);
    row.put("first s", round.seconds(count, 0));
    row.put("50 % s", round.seconds(count, 0.5));
    row.put("99 % s", round.seconds(count, 0.99));
    row.put("last s", round.seconds(count, 1));
    row.put("per second", round.fires() / round.seconds(count, 1));
    report.row(row);
  }

  private void summary(HerdRound last, Rig rig, Report report, ProgressLog progress)
      throws Exception {
    progress.say("bare inserts");
    double recorded = last.fires() / last.seconds(last.recorded(), 1);
    try (Connection connection = rig.postgres().connect()) {
      double bare = new BareInserts(connection).measure(true, bareSeconds);
      report.figure("recorded/s, last herd", recorded);
      report.figure("bare inserts/s, with the log's indexes", bare);
      report.figure("recorded / bare", recorded / bare);
    }
    List<Chart.Line> lines = new ArrayList<>();
    lines.add(line("recorded", last, last.recorded()));
    if (!noDelivery) {
      lines.add(line("delivered", last, last.delivered()));
      lines.add(line("acknowledged", last, last.acknowledged()));
    }
    report.chart(
        new Chart(
            Report.grouped(schedules) + " schedules due at once",
            "seconds since they were due",
            "fires",
            false,
            false,
            lines));
  }

  private static Chart.Line line(String name, HerdRound round, RisingCount count) {
    return new Chart.Line(name, count.secondsSince(round.due()), count.counts());
  }

  private void awaitHeld(Rig rig, Report report, ProgressLog progress) throws InterruptedException {
    progress.say("waiting until the clock nodes hold %d schedules", schedules);
    long limit = WallClock.nowMicros() + HELD_LIMIT_MICROS;
    long held = rig.schedulesOnNodes();
    while (held != schedules && WallClock.nowMicros() < limit) {
      Thread.sleep(100);
      held = rig.schedulesOnNodes();
    }
    report.check("the clock nodes hold all", held == schedules, "%d of %d", held, schedules);
  }

  private static long liveHeap() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }
}
