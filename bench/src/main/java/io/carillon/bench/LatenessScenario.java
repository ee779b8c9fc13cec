package io.carillon.bench;

import io.carillon.bench.SteadyLoad.Step;
import io.carillon.bench.load.BareInserts;
import io.carillon.bench.load.FireConsumer;
import io.carillon.bench.load.LedgerQueries;
import io.carillon.bench.report.Chart;
import io.carillon.bench.report.ProgressLog;
import io.carillon.bench.report.Report;
import io.carillon.bench.rig.Rig;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.ArrayList;
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
    description = {
      "How late fires are recorded and delivered, after their nominal times: at 100, 1 000, 10 000"
          + " and 50 000 fires/s if --rate says nothing else.",
      "Beside it how long a commit of one row takes when nothing else goes on."
    })
final class LatenessScenario extends LoadScenario {

  private static final double COMMIT_SECONDS = 1;

  /** Of a .hgrm file; and its values are milliseconds. */
  private static final int STEPS_PER_HALVING = 5;

  private static final double MICROS_PER_MILLI = 1000;

  @Mixin private StreamOptions streams;

  @Option(names = "--no-delivery", description = "Without a subscriber: recording alone.")
  private boolean noDelivery;

  @Option(
      names = "--histogram",
      paramLabel = "FOLDER",
      description =
          "Write the percentile distribution of each row there, in ms, as HdrHistogram's own tools"
              + " read it: RATE-recorded.hgrm, RATE-delivered.hgrm.")
  private Path histograms;

  private final List<Chart.Line> lines = new ArrayList<>();

  @Override
  protected void prepare() {
    super.prepare();
    if (histograms != null) {
      try {
        Files.createDirectories(histograms);
        Files.delete(Files.createTempFile(histograms, "probe", ".hgrm"));
      } catch (IOException e) {
        throw refused("--histogram: cannot write to " + histograms + ": " + e);
      }
    }
  }

  @Override
  List<Integer> defaultRates() {
    return List.of(100, 1_000, 10_000, 50_000);
  }

  @Override
  Optional<FireConsumer> consumer(Rig rig, Report report) throws Exception {
    return noDelivery ? Optional.empty() : Optional.of(streams.open(rig, report));
  }

  @Override
  void rows(Step step, LedgerQueries ledger, Report report) throws Exception {
    row("recorded", step, ledger.lateness(step.from(), step.to()), report);
    if (!noDelivery) {
      row("delivered", step, step.delivered(), report);
    }
  }

  private void row(String what, Step step, Histogram late, Report report) throws IOException {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("offered/s", step.offered());
    row.put("what", what + " − nominal");
    row.put("fires", late.getTotalCount());
    row.put("p50 ms", millis(late, 50));
    row.put("p90 ms", millis(late, 90));
    row.put("p99 ms", millis(late, 99));
    row.put("p99.9 ms", millis(late, 99.9));
    row.put("max ms", millis(late, 100));
    report.row(row);
    lines.add(Chart.percentiles(Math.round(step.offered()) + "/s " + what, late));
    if (histograms != null) {
      Path file = histograms.resolve(Math.round(step.offered()) + "-" + what + ".hgrm");
      try (PrintStream out =
          new PrintStream(Files.newOutputStream(file), false, StandardCharsets.UTF_8)) {
        late.outputPercentileDistribution(out, STEPS_PER_HALVING, MICROS_PER_MILLI);
        if (out.checkError()) {
          throw new IOException(file + " could not be written whole");
        }
      }
    }
  }

  @Override
  void after(List<Step> steps, LedgerQueries ledger, Rig rig, Report report, ProgressLog progress)
      throws Exception {
    try (Connection connection = rig.postgres().connect()) {
      Histogram commits = new BareInserts(connection).commits(COMMIT_SECONDS);
      report.figure("bare commit of one row p50 ms", millis(commits, 50));
      report.figure("bare commit of one row p99 ms", millis(commits, 99));
    }
    report.chart(Chart.ofPercentiles("How late fires are", lines));
  }

  @Override
  boolean pastLimit() {
    return true;
  }
}
