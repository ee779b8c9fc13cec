package io.carillon.bench;

import io.carillon.bench.SteadyLoad.Step;
import io.carillon.bench.load.FireConsumer;
import io.carillon.bench.load.Ledger;
import io.carillon.bench.report.Report;
import io.carillon.bench.rig.Rig;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.HdrHistogram.Histogram;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "lateness",
    description = "How late fires are recorded and delivered, after their nominal times.")
final class LatenessScenario extends LoadScenario {

  @Mixin private StreamOptions streams;

  @Option(names = "--no-delivery", description = "Without a subscriber: recording alone.")
  private boolean noDelivery;

  @Override
  List<Integer> defaultRates() {
    return List.of(100, 1_000, 10_000);
  }

  @Override
  Optional<FireConsumer> consumer(Rig rig, Report report) throws Exception {
    return noDelivery ? Optional.empty() : Optional.of(streams.open(rig, report));
  }

  @Override
  void rows(Step step, Ledger ledger, Report report) throws Exception {
    report.row(row("recorded − nominal", step, ledger.lateness(step.from(), step.to())));
    if (!noDelivery) {
      report.row(row("delivered − nominal", step, step.delivered()));
    }
  }

  private static Map<String, Object> row(String what, Step step, Histogram late) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("offered/s", step.offered());
    row.put("what", what);
    row.put("fires", late.getTotalCount());
    row.put("p50 ms", millis(late, 50));
    row.put("p90 ms", millis(late, 90));
    row.put("p99 ms", millis(late, 99));
    row.put("p99.9 ms", millis(late, 99.9));
    row.put("max ms", millis(late, 100));
    return row;
  }

  @Override
  boolean pastLimit() {
    return true;
  }
}
