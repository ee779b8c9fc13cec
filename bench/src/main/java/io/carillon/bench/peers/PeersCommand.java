package io.carillon.bench.peers;

import io.carillon.bench.report.BenchCommand;
import io.carillon.bench.report.ProgressLog;
import io.carillon.bench.report.Report;
import io.carillon.bench.rig.BenchPostgres;
import io.carillon.bench.rig.FolderOption;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The command: the same work for each peer, one after the other. */
@Command(
    name = "peers",
    description = {
      "Carillon, db-scheduler and Quartz side by side: each in processes of its own, tuned as its"
          + " documents say, in turn on one durable PostgreSQL.",
      "A row says which is the best of it; figures within a tenth of each other are as good."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false)
public final class PeersCommand extends BenchCommand {

  /** What there is to do. */
  enum WorkKind {
    BURST,
    STEADY,
    CREATE,
    FAILOVER
  }

  @Option(
      names = "--only",
      split = ",",
      paramLabel = "PEER",
      description = "Only these, in this order: ${COMPLETION-CANDIDATES} (default: all).")
  private List<Peer.Kind> only = List.of(Peer.Kind.values());

  @Option(
      names = "--work",
      split = ",",
      paramLabel = "WORK",
      description = "Only this: ${COMPLETION-CANDIDATES} (default: all).")
  private List<WorkKind> work = List.of(WorkKind.values());

  @Option(
      names = "--burst",
      paramLabel = "N",
      defaultValue = "50000",
      description = "One-shots of Carillon and of db-scheduler (default: ${DEFAULT-VALUE}).")
  private int burst;

  @Option(
      names = "--burst-quartz",
      paramLabel = "N",
      defaultValue = "4000",
      description = "Of Quartz, which takes longer (default: ${DEFAULT-VALUE}).")
  private int quartzBurst;

  @Option(
      names = "--rate",
      split = ",",
      paramLabel = "FIRES",
      defaultValue = "100,1000,2000,10000",
      description =
          "Fires a second, rising; a peer ends with the first that it fails (default:"
              + " ${DEFAULT-VALUE}).")
  private List<Integer> rates;

  @Option(
      names = "--interval",
      paramLabel = "SECONDS",
      defaultValue = "5",
      description = "Of each schedule at these rates (default: ${DEFAULT-VALUE}).")
  private double interval;

  @Option(
      names = "--warm-up",
      paramLabel = "SECONDS",
      defaultValue = "2",
      description = "At each rate, before it is measured (default: ${DEFAULT-VALUE}).")
  private double warmUp;

  @Option(
      names = "--window",
      paramLabel = "SECONDS",
      defaultValue = "8",
      description = "How long each rate is measured (default: ${DEFAULT-VALUE}).")
  private double window;

  @Option(
      names = "--poll",
      paramLabel = "MILLISECONDS",
      defaultValue = "100",
      description =
          "How often db-scheduler looks what is due, at these rates (default: ${DEFAULT-VALUE}).")
  private int pollMillis;

  @Option(
      names = "--create",
      paramLabel = "SECONDS",
      defaultValue = "3",
      description = "For each way to create (default: ${DEFAULT-VALUE}).")
  private double createSeconds;

  @Option(
      names = "--schedules",
      paramLabel = "N",
      defaultValue = "100",
      description = "Of the fail-over, each every second (default: ${DEFAULT-VALUE}).")
  private int schedules;

  @Option(
      names = "--aftermath",
      paramLabel = "SECONDS",
      defaultValue = "12",
      description = "How long after a kill is looked at (default: ${DEFAULT-VALUE}).")
  private double aftermath;

  @Mixin private FolderOption folder;

  @Override
  protected void measure(Report report, ProgressLog progress) throws Exception {
    SideBySide comparison = new SideBySide(only);
    progress.say("starting PostgreSQL in %s", folder.folder());
    try (BenchPostgres postgres = BenchPostgres.start(folder.folder())) {
      describe(postgres, report);
      Contest contest = new Contest(postgres, comparison, report, progress);
      for (Contest.Work each : works()) {
        for (Peer.Kind kind : only) {
          each.run(contest, kind);
        }
        each.chart(report);
      }
      comparison.settings(report);
    }
    comparison.rows(report);
    comparison.notes(report);
  }

  private List<Contest.Work> works() {
    Map<Peer.Kind, Integer> sizes =
        new EnumMap<>(
            Map.of(
                Peer.Kind.CARILLON, burst,
                Peer.Kind.DB_SCHEDULER, burst,
                Peer.Kind.QUARTZ, quartzBurst));
    List<Contest.Work> works = new ArrayList<>();
    for (WorkKind kind : work) {
      works.add(
          switch (kind) {
            case BURST -> new BurstWork(sizes);
            case STEADY -> new SteadyWork(rates, interval, warmUp, window, pollMillis);
            case CREATE -> new CreateWork(createSeconds);
            case FAILOVER -> new FailoverWork(schedules, aftermath);
          });
    }
    return works;
  }

  @Override
  protected void prepare() {
    boolean rising = true;
    for (int i = 0; i < rates.size(); i++) {
      rising &= rates.get(i) * interval >= 1 && (i == 0 || rates.get(i) > rates.get(i - 1));
    }
    if (!rising || interval < 0.1 || window < 1 || warmUp < 0) {
      throw refused(
          "--rate must rise and be one schedule's at least, --interval be 0.1 or more, --window 1"
              + " or more");
    }
    if (burst < 10 || quartzBurst < 10 || schedules < 1 || aftermath < 4 || createSeconds <= 0) {
      throw refused(
          "--burst and --burst-quartz must be 10 or more, --schedules 1 or more, --aftermath 4 or"
              + " more, --create above 0");
    }
    if (pollMillis < 1) {
      throw refused("--poll must be 1 or more");
    }
  }

  private void describe(BenchPostgres postgres, Report report) throws Exception {
    postgres.describe(report);
    report.setting(
        "order", only.stream().map(Peer.Kind::title).collect(Collectors.joining(", then ")));
    report.setting("JVM of every process", String.join(" ", PeerProcess.JVM));
    if (work.contains(WorkKind.STEADY)) {
      report.setting("interval of the steady load s", interval);
      report.setting("warm-up s", warmUp);
      report.setting("window s", window);
    }
  }
}
