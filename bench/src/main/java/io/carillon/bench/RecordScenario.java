package io.carillon.bench;

import io.carillon.bench.SteadyLoad.Step;
import io.carillon.bench.load.BareInserts;
import io.carillon.bench.load.FireConsumer;
import io.carillon.bench.load.LedgerQueries;
import io.carillon.bench.report.Chart;
import io.carillon.bench.report.ProgressLog;
import io.carillon.bench.report.Report;
import io.carillon.bench.rig.Rig;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.HdrHistogram.Histogram;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "record",
    description = {
      "Fires recorded a second, durable, and what part that is of bare batched inserts into a table"
          + " of the same shape on the same server.",
      "Goes through the rates until one is not sustained: the watermarks fall back."
    })
final class RecordScenario extends LoadScenario {

  @Option(
      names = "--schedules",
      paramLabel = "N",
      defaultValue = "100000",
      description =
          "How many there are at the last of the default rates, which are a quarter, a half and the"
              + " whole of them firing every interval (default: ${DEFAULT-VALUE}).")
  private int schedules;

  @Option(
      names = "--bare",
      paramLabel = "SECONDS",
      defaultValue = "4",
      description = "How long to insert without Carillon (default: ${DEFAULT-VALUE}).")
  private double bareSeconds;

  private final Map<Step, Double> recordedPerSecond = new HashMap<>();
  private final List<Chart.Line> latenesses = new ArrayList<>();

  @Override
  List<Integer> defaultRates() {
    int all = (int) (schedules / intervalSeconds());
    return List.of(all / 4, all / 2, all);
  }

  @Override
  Optional<FireConsumer> consumer(Rig rig, Report report) {
    return Optional.empty();
  }

  @Override
  void rows(Step step, LedgerQueries ledger, Report report) throws Exception {
    Map<String, Object> row = new LinkedHashMap<>();
    double recorded = ledger.recordedBetween(step.from(), step.to());
    Histogram lateness = ledger.lateness(step.from(), step.to());
    recordedPerSecond.put(step, recorded / step.seconds());
    latenesses.add(Chart.percentiles(Math.round(step.offered()) + "/s", lateness));
    row.put("offered/s", step.offered());
    row.put("recorded/s", recorded / step.seconds());
    row.put("sustained", step.sustained() ? "yes" : "no");
    row.put("late p50 ms", millis(lateness, 50));
    row.put("p99 ms", millis(lateness, 99));
    row.put("max ms", millis(lateness, 100));
    row.put("lag begin ms", step.lagBeginMillis());
    row.put("lag end ms", step.lagEndMillis());
    row.put("JVM µs/fire", perFire(step.cpu().java(), recorded));
    row.put("PostgreSQL µs/fire", perFire(step.cpu().postgres(), recorded));
    report.row(row);
  }

  @Override
  void after(List<Step> steps, LedgerQueries ledger, Rig rig, Report report, ProgressLog progress)
      throws Exception {
    double best = 0;
    double sustained = 0;
    for (Step step : steps) {
      double rate = recordedPerSecond.get(step);
      best = Math.max(best, rate);
      sustained = step.sustained() ? Math.max(sustained, rate) : sustained;
    }
    progress.say("bare inserts");
    try (Connection connection = rig.postgres().connect()) {
      BareInserts bare = new BareInserts(connection);
      double indexed = bare.measure(true, bareSeconds);
      double heap = bare.measure(false, bareSeconds);
      report.figure("most recorded/s", best);
      report.figure("most sustained/s", sustained);
      report.figure("bare inserts/s, with the log's indexes", indexed);
      report.figure("bare inserts/s, without any index", heap);
      report.figure("recorded / bare", best / indexed);
      report.figure("recorded / bare without index", best / heap);
      report.chart(
          new Chart(
              "Fires recorded",
              "offered/s",
              "fires/s",
              false,
              false,
              List.of(
                  over("offered", steps, Step::offered),
                  over("recorded", steps, recordedPerSecond::get),
                  over("bare inserts, indexed", steps, step -> indexed),
                  over("bare inserts, no index", steps, step -> heap))));
      report.chart(Chart.ofPercentiles("Recorded − nominal", latenesses));
    }
    if (steps.get(steps.size() - 1).sustained()) {
      report.note("even the last rate was sustained: the limit is higher, give a greater --rate");
    }
  }
}
