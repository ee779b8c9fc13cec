package io.carillon.chaos;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.carillon.bench.report.BenchLog;
import io.carillon.bench.report.Machine;
import io.carillon.bench.report.ProgressLog;
import io.carillon.bench.report.Report;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command: a cluster, a workload, faults, and a verdict. */
@Command(
    name = "chaos",
    description = {
      "Run a cluster of separate processes under faults, while clients change its schedules and"
          + " subscribers take its fires; then heal it, and check that nothing was lost, doubled,"
          + " early or made up.",
      "Exit code 8: the promise was broken, or the run does not show that it was kept."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false)
public final class ChaosCommand implements Callable<Integer> {

  static final int BROKEN = 8;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Of schedules, changes and faults (default: drawn, and printed).")
  private Long seed;

  @Option(
      names = "--duration",
      paramLabel = "SECONDS",
      defaultValue = "300",
      description =
          "How long faults come at least; each kind comes once (default: ${DEFAULT-VALUE}).")
  private int seconds;

  @Option(
      names = "--masters",
      paramLabel = "N",
      defaultValue = "2",
      description = "Processes (default: ${DEFAULT-VALUE}). With 1, a leader follows itself.")
  private int masters;

  @Option(
      names = "--nodes",
      paramLabel = "N",
      defaultValue = "3",
      description = "Processes (default: ${DEFAULT-VALUE}).")
  private int nodes;

  @Option(
      names = "--schedules",
      paramLabel = "N",
      defaultValue = "5000",
      description = "How many (default: ${DEFAULT-VALUE}).")
  private int schedules;

  @Option(
      names = "--rate",
      paramLabel = "N",
      defaultValue = "500",
      description = "Fires a second that they come to, about (default: ${DEFAULT-VALUE}).")
  private int rate;

  @Option(
      names = "--changes",
      paramLabel = "N",
      defaultValue = "20",
      description = "Calls a second that change them, about (default: ${DEFAULT-VALUE}).")
  private int changes;

  @Option(
      names = "--faults",
      split = ",",
      paramLabel = "KIND",
      description = "Only these (default: all that this machine and cluster can have).")
  private List<String> faults = List.of();

  @Option(
      names = "--fault-length",
      paramLabel = "SECONDS",
      defaultValue = "4",
      description =
          "Faults last from this long to twice as long. Above the lease of 3 s, or a pause shows"
              + " nothing (default: ${DEFAULT-VALUE}).")
  private double faultLength;

  @Option(
      names = "--report",
      paramLabel = "FILE",
      description = "Where to write the report: Markdown, and JSON beside it.")
  private Path reportFile;

  @Option(
      names = "--folder",
      paramLabel = "FOLDER",
      description = "For data and logs (default: a temporary one).")
  private Path folder;

  @Option(names = "--keep-data", description = "Leave the data and logs, also when all is well.")
  private boolean keepData;

  @Spec private CommandSpec spec;

  public static void main(String[] arguments) {
    int exit =
        execute(
            new PrintWriter(System.out, true, StandardCharsets.UTF_8),
            new PrintWriter(System.err, true, StandardCharsets.UTF_8),
            arguments);
    // Threads of gRPC may linger; everything that must be stopped in order has been.
    System.exit(exit);
  }

  /**
   * @return 0 if the promise was kept and the faults bit, 2 for wrong usage, 8 otherwise
   */
  static int execute(PrintWriter out, PrintWriter err, String... arguments) {
    return new CommandLine(new ChaosCommand()).setOut(out).setErr(err).execute(arguments);
  }

  @Override
  public Integer call() throws Exception {
    check();
    BenchLog.toStderr();
    // It says that a server that was killed cannot be stopped.
    ((Logger) LoggerFactory.getLogger("io.zonky")).setLevel(Level.OFF);
    long chosen = seed != null ? seed : System.nanoTime() & 0xffff_ffffL;
    ProgressLog progress = new ProgressLog(spec.commandLine().getErr());
    Set<FaultKind> kinds = kinds(progress);
    Path parent = folder != null ? folder : Path.of(System.getProperty("java.io.tmpdir"));
    Path data = Files.createTempDirectory(Files.createDirectories(parent), "carillon-chaos-");
    Report report = new Report("chaos", command(chosen));
    progress.say("seed %d; logs and data in %s", chosen, data);
    boolean holds = false;
    try (ChaosCluster cluster = ChaosCluster.start(data, masters, nodes)) {
      try (Connection connection = cluster.connect()) {
        report.machine(Machine.describe(data, connection));
      }
      settings(report, chosen, kinds);
      ChaosRun run =
          new ChaosRun(
              cluster,
              new ChaosRun.Plan(
                  chosen,
                  schedules,
                  rate,
                  changes,
                  Duration.ofSeconds(seconds),
                  List.copyOf(kinds),
                  Math.round(faultLength * 1000)),
              progress);
      run.run(report);
      holds = report.allHold();
    }
    print(report);
    if (holds && !keepData) {
      delete(data);
    } else {
      progress.say("data and logs are left in %s", data);
    }
    progress.say("again: %s", command(chosen));
    return holds ? 0 : BROKEN;
  }

  private void check() {
    if (masters < 1
        || nodes < 1
        || schedules < 50
        || rate < 1
        || changes < 1
        || faultLength < 0.1) {
      throw new ParameterException(
          spec.commandLine(),
          "--masters, --nodes, --rate and --changes must be 1 or more, --schedules 50 or more,"
              + " --fault-length 0.1 or more");
    }
  }

  private Set<FaultKind> kinds(ProgressLog progress) {
    Set<FaultKind> kinds = new TreeSet<>();
    try {
      faults.forEach(word -> kinds.add(FaultKind.of(word)));
    } catch (IllegalArgumentException e) {
      throw new ParameterException(
          spec.commandLine(),
          "--faults knows: "
              + Arrays.stream(FaultKind.values())
                  .map(FaultKind::word)
                  .collect(Collectors.joining(", ")));
    }
    if (kinds.isEmpty()) {
      kinds.addAll(List.of(FaultKind.values()));
    }
    if (FaultyServer.faketime().isEmpty() && kinds.remove(FaultKind.CLOCK_STEP)) {
      progress.say("libfaketime is not installed: no clock is stepped (apt install faketime)");
    }
    if (masters == 1) {
      kinds.removeIf(FaultKind::needsStandby);
    }
    return kinds;
  }

  private String command(long chosen) {
    String words = faults.isEmpty() ? "" : " --faults " + String.join(",", faults);
    return String.format(
        java.util.Locale.ROOT,
        "./carillon chaos --seed %d --duration %d --masters %d --nodes %d --schedules %d"
            + " --rate %d --changes %d --fault-length %s%s",
        chosen,
        seconds,
        masters,
        nodes,
        schedules,
        rate,
        changes,
        faultLength,
        words);
  }

  private void settings(Report report, long chosen, Set<FaultKind> kinds) {
    report.setting("seed", Long.toString(chosen));
    report.setting("masters", masters);
    report.setting("nodes", nodes);
    report.setting("schedules", schedules);
    report.setting("seconds of faults", seconds);
    report.setting("clock steps", kinds.contains(FaultKind.CLOCK_STEP) ? "by libfaketime" : "none");
  }

  private void print(Report report) throws Exception {
    report.printTable(spec.commandLine().getOut());
    if (reportFile == null) {
      return;
    }
    try (PrintWriter out =
        new PrintWriter(Files.newBufferedWriter(reportFile, StandardCharsets.UTF_8))) {
      report.printMarkdown(out);
    }
    Path json = reportFile.resolveSibling(reportFile.getFileName() + ".json");
    try (PrintWriter out = new PrintWriter(Files.newBufferedWriter(json, StandardCharsets.UTF_8))) {
      report.printJson(out);
    }
  }

  private static void delete(Path data) throws Exception {
    try (Stream<Path> all = Files.walk(data)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    }
  }
}
