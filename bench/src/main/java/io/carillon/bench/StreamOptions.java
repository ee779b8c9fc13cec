package io.carillon.bench;

import io.carillon.bench.load.FireConsumer;
import io.carillon.bench.report.Report;
import io.carillon.bench.rig.Rig;
import picocli.CommandLine.Option;

/** How fires are consumed. */
final class StreamOptions {

  @Option(
      names = "--streams",
      paramLabel = "N",
      defaultValue = "1",
      description = "Subscribe streams, each with one thread (default: ${DEFAULT-VALUE}).")
  private int streams;

  @Option(
      names = "--credit",
      paramLabel = "FIRES",
      defaultValue = "50000",
      description = "On their way on a stream at most (default: ${DEFAULT-VALUE}).")
  private int credit;

  FireConsumer open(Rig rig, Report report) throws InterruptedException {
    report.setting("streams", streams);
    report.setting("credit", credit);
    return new FireConsumer(rig.client(), streams, credit);
  }
}
