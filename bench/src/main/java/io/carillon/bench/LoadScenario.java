package io.carillon.bench;

import io.carillon.bench.SteadyLoad.Step;
import io.carillon.bench.load.FireConsumer;
import io.carillon.bench.load.LedgerQueries;
import io.carillon.bench.load.LedgerQueries.Completeness;
import io.carillon.bench.load.LedgerQueries.Position;
import io.carillon.bench.load.Population;
import io.carillon.bench.load.WallClock;
import io.carillon.bench.report.Chart;
import io.carillon.bench.report.ProgressLog;
import io.carillon.bench.report.Report;
import io.carillon.bench.rig.Rig;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import picocli.CommandLine.Option;

/** Scenarios of recurring schedules at given rates, with or without a consumer. */
abstract class LoadScenario extends Scenario {

  private static final long CATCH_UP_MICROS = 5_000_000;
  private static final long DELIVERY_LIMIT_MICROS = 60_000_000;

  @Option(
      names = "--rate",
      split = ",",
      paramLabel = "FIRES",
      description = "Fires a second to offer, rising, one after the other.")
  List<Integer> rates;

  @Option(
      names = "--interval",
      paramLabel = "SECONDS",
      defaultValue = "1",
      description =
          "Of every schedule; there are as many as the rate needs (default: ${DEFAULT-VALUE}).")
  private double interval;

  @Option(
      names = "--warm-up",
      paramLabel = "SECONDS",
      defaultValue = "5",
      description = "At each rate, before it is measured (default: ${DEFAULT-VALUE}).")
  private double warmUp;

  @Option(
      names = "--window",
      paramLabel = "SECONDS",
      defaultValue = "15",
      description = "How long each rate is measured (default: ${DEFAULT-VALUE}).")
  private double window;

  abstract List<Integer> defaultRates();

  /** A consumer for the run, if the scenario has one. */
  abstract Optional<FireConsumer> consumer(Rig rig, Report report) throws Exception;

  /** The rows of one rate. */
  abstract void rows(Step step, LedgerQueries ledger, Report report) throws Exception;

  /** What comes after the load, with nothing ticking any more. */
  void after(List<Step> steps, LedgerQueries ledger, Rig rig, Report report, ProgressLog progress)
      throws Exception {}

  /** Whether a rate that is not sustained is worth a look, or the end. */
  boolean pastLimit() {
    return false;
  }

  final double intervalSeconds() {
    return interval;
  }

  @Override
  protected void prepare() {
    if (interval < 0.001 || window < 1 || warmUp < 0) {
      throw refused("--interval must be 0.001 or more, --window 1 or more, --warm-up not negative");
    }
    double before = 0;
    for (int rate : offered()) {
      if (rate <= before || Math.round(rate * interval) < 1) {
        throw refused("--rate must rise, and be one schedule's at least: " + offered());
      }
      before = rate;
    }
  }

  private List<Integer> offered() {
    return rates == null ? defaultRates() : rates;
  }

  /** A line over the rates of the run. */
  static Chart.Line over(String name, List<Step> steps, ToDoubleFunction<Step> value) {
    return Chart.line(name, steps, Step::offered, value);
  }

  /** Microseconds for each fire. */
  static double perFire(Duration cpu, double fires) {
    return fires == 0 ? 0 : cpu.toNanos() / 1000.0 / fires;
  }

  @Override
  final void run(Rig rig, Report report, ProgressLog progress) throws Exception {
    long period = Math.round(interval * 1e6);
    List<Integer> offered = offered();
    report.setting("interval s", interval);
    report.setting("warm-up s", warmUp);
    report.setting("window s", window);
    report.setting("creation", "batches of 1000, 2 in flight, to fire once all are there");
    Population population = new Population(rig.client(), period);
    Optional<FireConsumer> consumer = consumer(rig, report);
    try (LedgerQueries ledger = new LedgerQueries(rig.postgres().connect())) {
      List<Step> steps =
          new SteadyLoad(rig, ledger, population, consumer, progress)
              .run(offered, period, micros(warmUp), micros(window), pastLimit());
      Step last = steps.get(steps.size() - 1);
      boolean reached = ledger.awaitWatermark(last.to(), CATCH_UP_MICROS);
      rig.killNodes();
      if (consumer.isPresent()) {
        checkDelivery(consumer.get(), ledger, report, progress);
      }
      progress.say("checking the ledger");
      for (Step step : steps) {
        rows(step, ledger, report);
      }
      check(steps, reached, ledger, population, report);
      after(steps, ledger, rig, report, progress);
    } finally {
      consumer.ifPresent(FireConsumer::close);
    }
  }

  private static void check(
      List<Step> steps, boolean reached, LedgerQueries ledger, Population population, Report report)
      throws Exception {
    ledger.awaitStill();
    Completeness found = ledger.compare(population);
    report.check("every nominal time exactly once, none early", found.holds(), "%s", found);
    Step last = steps.get(steps.size() - 1);
    if (reached || last.sustained()) {
      report.check(
          "the windows are recorded whole",
          reached,
          "all partitions are past the end of the last window");
    } else {
      report.note(
          "recording was %.1f s behind when the load ended; the ledger is checked as far as it came",
          last.lagEndMillis() / 1000);
    }
    boolean some = true;
    for (Step step : steps) {
      some &= ledger.recordedBetween(step.from(), step.to()) > 0;
    }
    report.check("something was measured", some, "fires in each of %d windows", steps.size());
  }

  /** Everything that was recorded must arrive, however far behind delivery was. */
  static void checkDelivery(
      FireConsumer consumer, LedgerQueries ledger, Report report, ProgressLog progress)
      throws Exception {
    ledger.awaitStill();
    long recorded = ledger.position().lastSeq();
    progress.say("waiting for the last of %d fires to be delivered", recorded);
    long began = WallClock.nowMicros();
    long limit = began + DELIVERY_LIMIT_MICROS;
    Position position = ledger.position();
    while ((consumer.received() < recorded || position.cursor() < recorded)
        && WallClock.nowMicros() < limit) {
      Thread.sleep(100);
      position = ledger.position();
    }
    FireConsumer.Received received = consumer.summary();
    report.check(
        "every recorded fire delivered, none early",
        received.fires() == recorded && received.upTo() == recorded && received.early() == 0,
        "%d recorded, %d delivered, %d deliveries more than once, %d early, last after %.1f s",
        recorded,
        received.fires(),
        received.again(),
        received.early(),
        (WallClock.nowMicros() - began) / 1e6);
    long parked = ledger.parked();
    report.check(
        "every fire acknowledged",
        position.cursor() == recorded && parked == 0,
        "delivery cursor at %d of %d, %d parked",
        position.cursor(),
        recorded,
        parked);
  }

  private static long micros(double seconds) {
    return Math.round(seconds * 1e6);
  }
}
