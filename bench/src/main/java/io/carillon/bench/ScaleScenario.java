package io.carillon.bench;

import io.carillon.bench.SteadyLoad.Step;
import io.carillon.bench.load.LedgerQueries;
import io.carillon.bench.load.LedgerQueries.Completeness;
import io.carillon.bench.load.Population;
import io.carillon.bench.load.Sleepers;
import io.carillon.bench.load.SpecMix;
import io.carillon.bench.load.WallClock;
import io.carillon.bench.report.BenchCommand;
import io.carillon.bench.report.Chart;
import io.carillon.bench.report.ProgressLog;
import io.carillon.bench.report.Report;
import io.carillon.bench.rig.FolderOption;
import io.carillon.bench.rig.Rig;
import io.carillon.bench.rig.RigOptions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import org.HdrHistogram.Histogram;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "scale",
    description = {
      "What a fire costs at one rate while one thing grows at a time: the schedules that are there,"
          + " of which most are not due; the clock nodes; the partitions.",
      "Each number has a cluster of its own."
    })
final class ScaleScenario extends BenchCommand {

  private static final long PERIOD_MICROS = 1_000_000;
  private static final long CATCH_UP_MICROS = 5_000_000;
  private static final int NODES = 2;
  private static final int PARTITIONS = 256;

  @Option(
      names = "--rate",
      paramLabel = "FIRES",
      defaultValue = "10000",
      description = "A second; so many schedules fire every second (default: ${DEFAULT-VALUE}).")
  private int rate;

  @Option(
      names = "--grow",
      split = ",",
      paramLabel = "WHAT",
      defaultValue = "schedules,nodes,partitions",
      description = "What grows, one after the other (default: ${DEFAULT-VALUE}).")
  private List<Dimension> dimensions;

  @Option(
      names = "--schedules",
      split = ",",
      paramLabel = "N",
      defaultValue = "10000,100000,1000000",
      description = "How many there are, rising (default: ${DEFAULT-VALUE}).")
  private List<Integer> schedules;

  @Option(
      names = "--nodes",
      split = ",",
      paramLabel = "N",
      defaultValue = "1,2,4,8",
      description = "Clock nodes, rising (default: ${DEFAULT-VALUE}).")
  private List<Integer> nodes;

  @Option(
      names = "--partitions",
      split = ",",
      paramLabel = "N",
      defaultValue = "64,256,1024",
      description = "Partitions of the cluster, rising (default: ${DEFAULT-VALUE}).")
  private List<Integer> partitions;

  @Option(
      names = "--warm-up",
      paramLabel = "SECONDS",
      defaultValue = "3",
      description =
          "Before each window; the first is four times as long (default: ${DEFAULT-VALUE}).")
  private double warmUp;

  @Option(
      names = "--window",
      paramLabel = "SECONDS",
      defaultValue = "8",
      description = "How long each is measured (default: ${DEFAULT-VALUE}).")
  private double window;

  @Mixin private FolderOption folder;
  @Mixin private MixOptions mixOptions;

  private SpecMix mix;

  /** So that the first figures are not those of a cold JVM. */
  private boolean warm;

  /** What can grow. */
  private enum Dimension {
    SCHEDULES,
    NODES,
    PARTITIONS;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private record Cluster(int schedules, int nodes, int partitions) {

    @Override
    public String toString() {
      return String.format(
          Locale.ROOT, "%d schedules, %d nodes, %d partitions", schedules, nodes, partitions);
    }
  }

  /** One point of one dimension. */
  private record Point(double grown, double java, double postgres) {

    double cost() {
      return java + postgres;
    }
  }

  @Override
  protected void prepare() {
    if (rate < 1 || window < 1 || warmUp < 0 || schedules.get(0) < rate) {
      throw refused(
          "--window must be 1 or more, --warm-up not negative, the first of --schedules not below"
              + " --rate");
    }
    for (List<Integer> list : List.of(schedules, nodes, partitions)) {
      if (!rises(list, 0)) {
        throw refused("numbers must rise from 1 or more: " + list);
      }
    }
    mix = mixOptions.mix();
  }

  @Override
  protected void measure(Report report, ProgressLog progress) throws Exception {
    report.setting("rate", rate);
    report.setting("interval s", PERIOD_MICROS / 1e6);
    report.setting("warm-up s", warmUp);
    report.setting("window s", window);
    report.setting("not due", mix);
    for (Dimension dimension : dimensions) {
      List<Point> points = new ArrayList<>();
      List<Integer> counts =
          switch (dimension) {
            case SCHEDULES -> schedules;
            case NODES -> nodes;
            case PARTITIONS -> partitions;
          };
      for (int count : counts) {
        Cluster cluster =
            switch (dimension) {
              case SCHEDULES -> new Cluster(count, NODES, PARTITIONS);
              case NODES -> new Cluster(rate, count, PARTITIONS);
              case PARTITIONS -> new Cluster(rate, NODES, count);
            };
        progress.say("%s: %s", dimension, cluster);
        points.add(measure(dimension, count, cluster, report, progress));
      }
      summary(dimension, points, report);
    }
    report.note(
        "the master and the clock nodes are in the harness's JVM, whose CPU time is all counted");
  }

  private Point measure(
      Dimension dimension, int grown, Cluster cluster, Report report, ProgressLog progress)
      throws Exception {
    RigOptions options = RigOptions.of(cluster.nodes(), cluster.partitions(), folder);
    try (Rig rig = Rig.start(options, progress);
        LedgerQueries ledger = new LedgerQueries(rig.postgres().connect())) {
      if (!warm) {
        rig.postgres().describe(report);
      }
      // First those that are not due: it takes long beside a load.
      new Sleepers(rig.client(), progress, mix).growTo(cluster.schedules() - rate);
      Population population = new Population(rig.client(), PERIOD_MICROS);
      long before = WallClock.micros(warm ? warmUp : 4 * warmUp);
      warm = true;
      Step step =
          new SteadyLoad(rig, ledger, population, Optional.empty(), progress)
              .run(List.of(rate), PERIOD_MICROS, before, WallClock.micros(window), true)
              .get(0);
      boolean reached = ledger.awaitWatermark(step.to(), CATCH_UP_MICROS);
      boolean sustained = keepsUp(step, ledger);
      Point point = row(dimension, grown, cluster, step, ledger, report);
      rig.killNodes();
      ledger.awaitStill();
      Completeness found = ledger.compare(population);
      report.check(
          cluster + ": complete, once, none early, the rate sustained",
          found.holds() && reached && sustained,
          "%s%s",
          found,
          sustained ? "" : "; not sustained");
      return point;
    }
  }

  /** Where partitions have few fires their watermarks jump, so the lag alone says little. */
  private boolean keepsUp(Step step, LedgerQueries ledger) throws Exception {
    return ledger.recordedBetween(step.from(), step.to()) >= 0.97 * rate * step.seconds();
  }

  private static Point row(
      Dimension dimension,
      int grown,
      Cluster cluster,
      Step step,
      LedgerQueries ledger,
      Report report)
      throws Exception {
    double recorded = ledger.recordedBetween(step.from(), step.to());
    Histogram lateness = ledger.lateness(step.from(), step.to());
    Point point =
        new Point(
            grown,
            LoadScenario.perFire(step.cpu().java(), recorded),
            LoadScenario.perFire(step.cpu().postgres(), recorded));
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("grows", dimension.toString());
    row.put("schedules", cluster.schedules());
    row.put("nodes", cluster.nodes());
    row.put("partitions", cluster.partitions());
    row.put("recorded/s", recorded / step.seconds());
    row.put("late p50 ms", millis(lateness, 50));
    row.put("p99 ms", millis(lateness, 99));
    row.put("max ms", millis(lateness, 100));
    row.put("JVM µs/fire", point.java());
    row.put("PostgreSQL µs/fire", point.postgres());
    report.row(row);
    return point;
  }

  private static void summary(Dimension dimension, List<Point> points, Report report) {
    Point first = points.get(0);
    Point last = points.get(points.size() - 1);
    report.figure(
        String.format(
            "cost per fire, %s %s / %s",
            dimension, Report.grouped((long) last.grown()), Report.grouped((long) first.grown())),
        last.cost() / first.cost());
    report.chart(
        new Chart(
            "Cost of a fire as the " + dimension + " grow",
            dimension.toString(),
            "µs of CPU per fire",
            true,
            false,
            List.of(
                line("JVM", points, Point::java),
                line("PostgreSQL", points, Point::postgres),
                line("both", points, Point::cost))));
  }

  private static Chart.Line line(String name, List<Point> points, ToDoubleFunction<Point> of) {
    return Chart.line(name, points, Point::grown, of);
  }
}
