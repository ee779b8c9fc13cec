package io.carillon.bench;

import io.carillon.bench.SteadyLoad.Step;
import io.carillon.bench.load.FireConsumer;
import io.carillon.bench.load.LedgerQueries;
import io.carillon.bench.report.Chart;
import io.carillon.bench.report.ProgressLog;
import io.carillon.bench.report.Report;
import io.carillon.bench.rig.Rig;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.HdrHistogram.Histogram;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
    name = "deliver",
    description = {
      "Fires recorded, delivered on Subscribe streams and acknowledged a second, and how late they"
          + " arrive.",
      "Goes through the rates until one is not sustained: recording or delivery falls back. They are"
          + " 10 000, 25 000, 50 000 and 100 000 if --rate says nothing else."
    })
final class DeliverScenario extends LoadScenario {

  @Mixin private StreamOptions streams;

  private final Map<Step, Double> recordedPerSecond = new HashMap<>();
  private final List<Chart.Line> latenesses = new ArrayList<>();

  @Override
  List<Integer> defaultRates() {
    return List.of(10_000, 25_000, 50_000, 100_000);
  }

  @Override
  Optional<FireConsumer> consumer(Rig rig, Report report) throws Exception {
    return Optional.of(streams.open(rig, report));
  }

  @Override
  void rows(Step step, LedgerQueries ledger, Report report) throws Exception {
    Map<String, Object> row = new LinkedHashMap<>();
    double recorded = ledger.recordedBetween(step.from(), step.to());
    Histogram late = step.delivered();
    recordedPerSecond.put(step, recorded / step.seconds());
    latenesses.add(Chart.percentiles(Math.round(step.offered()) + "/s", late));
    row.put("offered/s", step.offered());
    row.put("recorded/s", recorded / step.seconds());
    row.put("delivered/s", step.received() / step.seconds());
    row.put("acknowledged/s", step.acknowledged() / step.seconds());
    row.put("sustained", step.sustained() ? "yes" : "no");
    row.put("delivered late p50 ms", millis(late, 50));
    row.put("p99 ms", millis(late, 99));
    row.put("max ms", millis(late, 100));
    row.put("backlog at end", step.backlog());
    row.put("JVM µs/fire", perFire(step.cpu().java(), recorded));
    row.put("PostgreSQL µs/fire", perFire(step.cpu().postgres(), recorded));
    report.row(row);
  }

  @Override
  void after(List<Step> steps, LedgerQueries ledger, Rig rig, Report report, ProgressLog progress) {
    report.figure(
        "most delivered/s",
        steps.stream().mapToDouble(s -> s.received() / s.seconds()).max().orElse(0));
    report.figure(
        "most sustained/s",
        steps.stream()
            .filter(Step::sustained)
            .mapToDouble(s -> s.received() / s.seconds())
            .max()
            .orElse(0));
    report.chart(
        new Chart(
            "Fires recorded, delivered, acknowledged",
            "offered/s",
            "fires/s",
            false,
            false,
            List.of(
                over("offered", steps, Step::offered),
                over("recorded", steps, recordedPerSecond::get),
                over("delivered", steps, s -> s.received() / s.seconds()),
                over("acknowledged", steps, s -> s.acknowledged() / s.seconds()))));
    report.chart(Chart.ofPercentiles("Delivered − nominal", latenesses));
    report.note(
        "acknowledged is what the stored delivery cursor moved by: it is written now and then, so"
            + " it may differ from delivered at the ends of a window");
  }
}
