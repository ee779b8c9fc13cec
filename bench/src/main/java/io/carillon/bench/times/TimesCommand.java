package io.carillon.bench.times;

import io.carillon.common.schedule.Occurrences;
import io.carillon.common.schedule.ScheduleSpec;
import io.carillon.common.schedule.ScheduleSpec.CronRule;
import io.carillon.common.schedule.ScheduleSpec.Dialect;
import io.carillon.common.schedule.SpecInterner;
import java.io.PrintWriter;
import java.time.ZoneId;
import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The engine that computes times, beside those of other libraries; needs no cluster. */
@Command(
    name = "times",
    description = {
      "Cost of the next time of a cron expression: Carillon, cron-utils and Quartz in one run (JMH);",
      "and what a million schedules on a thousand expressions cost."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    showDefaultValues = true)
public final class TimesCommand implements Callable<Integer> {

  private static final int SCHEDULES = 1_000_000;
  private static final int EXPRESSIONS = 1_000;

  @Option(
      names = "--seconds",
      paramLabel = "N",
      defaultValue = "1",
      description = "Length of one measurement.")
  private int seconds;

  @Option(
      names = "--rounds",
      paramLabel = "N",
      defaultValue = "3",
      description = "Measurements of each, after two to warm up.")
  private int rounds;

  @Option(
      names = "--expression",
      paramLabel = "E",
      description =
          "Quartz expressions to measure (default: seven from every second to a fifth Monday of February).")
  private String[] expressions;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    PrintWriter out = spec.commandLine().getOut();
    nextTimes(out);
    interning(out);
    return 0;
  }

  private void nextTimes(PrintWriter out) throws Exception {
    ChainedOptionsBuilder options =
        new OptionsBuilder()
            .include(NextTimeBenchmark.class.getName())
            .forks(1)
            .warmupIterations(2)
            .warmupTime(TimeValue.seconds(seconds))
            .measurementIterations(rounds)
            .measurementTime(TimeValue.seconds(seconds))
            .addProfiler(GCProfiler.class)
            .jvmArgs(jvmArguments())
            .verbosity(VerboseMode.SILENT);
    if (expressions != null) {
      options.param("expression", expressions);
    }
    spec.commandLine().getErr().println("measuring; a minute or more ...");
    Collection<RunResult> results = new Runner(options.build()).run();
    Map<String, Map<String, RunResult>> table = new TreeMap<>();
    for (RunResult result : results) {
      String row =
          String.format(
              "%-18s %-14s",
              result.getParams().getParam("expression"), result.getParams().getParam("zone"));
      table.computeIfAbsent(row, key -> new TreeMap<>()).put(name(result), result);
    }
    out.printf(
        "%-18s %-14s %10s %12s %8s %12s %8s %12s %8s%n",
        "expression",
        "zone",
        "carillon",
        "calls/s",
        "B/call",
        "cron-utils",
        "B/call",
        "Quartz",
        "B/call");
    table.forEach(
        (row, byEngine) -> {
          RunResult ours = byEngine.get("carillon");
          double nanos = nanos(ours);
          out.printf(
              Locale.ROOT,
              "%s %7.0f ns %,12.0f %8.0f %9.0f ns %8.0f %9.0f ns %8.0f%n",
              row,
              nanos,
              1e9 / nanos,
              bytes(ours),
              nanos(byEngine.get("cronUtils")),
              bytes(byEngine.get("cronUtils")),
              nanos(byEngine.get("quartz")),
              bytes(byEngine.get("quartz")));
        });
    out.flush();
  }

  /** JMH uses what newer JDKs warn of in each process. */
  private static String[] jvmArguments() {
    return Runtime.version().feature() < 23
        ? new String[] {"-Xmx1g"}
        : new String[] {"-Xmx1g", "--sun-misc-unsafe-memory-access=allow"};
  }

  private static String name(RunResult result) {
    String benchmark = result.getParams().getBenchmark();
    return benchmark.substring(benchmark.lastIndexOf('.') + 1);
  }

  private static double nanos(RunResult result) {
    return result.getPrimaryResult().getScore();
  }

  private static double bytes(RunResult result) {
    for (Map.Entry<String, Result> entry : result.getSecondaryResults().entrySet()) {
      if (entry.getKey().endsWith("gc.alloc.rate.norm")) {
        return entry.getValue().getScore();
      }
    }
    return Double.NaN;
  }

  private static void interning(PrintWriter out) {
    String[] texts = new String[EXPRESSIONS];
    for (int i = 0; i < EXPRESSIONS; i++) {
      String expression = i % 60 + " " + i / 60 + " * * 1-5";
      texts[i] =
          ScheduleSpec.of(new CronRule(Dialect.UNIX, expression), ZoneId.of("Europe/Berlin"))
              .canonical();
    }
    SpecInterner interner = new SpecInterner();
    Occurrences[] schedules = new Occurrences[SCHEDULES];
    long before = usedHeap();
    long began = System.nanoTime();
    for (int i = 0; i < SCHEDULES; i++) {
      // As it arrives from a snapshot: a text of its own.
      schedules[i] = interner.intern(new String(texts[i % EXPRESSIONS]));
    }
    long nanos = System.nanoTime() - began;
    long used = usedHeap() - before;
    IdentityHashMap<Occurrences, Boolean> distinct = new IdentityHashMap<>();
    for (Occurrences times : schedules) {
      distinct.put(times, true);
    }
    out.printf(
        Locale.ROOT,
        "%n%,d schedules on %,d expressions: %,d evaluators, %,d KiB of heap for them, %.2f s%n",
        SCHEDULES,
        EXPRESSIONS,
        distinct.size(),
        used >> 10,
        nanos / 1e9);
    out.flush();
  }

  /** After what can be freed is freed: the least of a few looks. */
  private static long usedHeap() {
    long least = Long.MAX_VALUE;
    for (int look = 0; look < 5; look++) {
      System.gc();
      Runtime runtime = Runtime.getRuntime();
      least = Math.min(least, runtime.totalMemory() - runtime.freeMemory());
    }
    return least;
  }
}
