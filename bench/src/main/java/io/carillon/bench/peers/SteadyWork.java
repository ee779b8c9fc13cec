package io.carillon.bench.peers;

import io.carillon.bench.load.WallClock;
import io.carillon.bench.peers.Contest.Load;
import io.carillon.bench.peers.Order.Tuning;
import io.carillon.bench.peers.SideBySide.Better;
import io.carillon.bench.peers.Stand.Cpu;
import io.carillon.bench.peers.Timetable.Series;
import io.carillon.bench.report.BenchCommand;
import io.carillon.bench.report.Chart;
import io.carillon.bench.report.Report;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;

/** Recurring schedules at rising rates: how late jobs begin. A peer ends with the rate it fails. */
final class SteadyWork implements Contest.Work {

  private static final String TITLE = "steady";
  private static final String CAME = "came in time";

  /** A rate is held if all came and this part of them was no later than this. */
  private static final double PERCENTILE = 99;

  private static final long TOLERATED_MICROS = 1_000_000;

  /** For what is under way at the end of the window. */
  private static final long DRAIN_MICROS = 2_000_000;

  /** One rate of one peer; rates that it did not come to are not there. */
  private record Point(int rate, Histogram lateness) {}

  private final List<Integer> rates;
  private final double interval;
  private final double warmUp;
  private final double window;
  private final int pollMillis;
  private final Map<Peer.Kind, List<Point>> points = new EnumMap<>(Peer.Kind.class);

  /**
   * @param interval of each schedule, in seconds as the others
   */
  SteadyWork(List<Integer> rates, double interval, double warmUp, double window, int pollMillis) {
    this.rates = rates;
    this.interval = interval;
    this.warmUp = warmUp;
    this.window = window;
    this.pollMillis = pollMillis;
  }

  @Override
  public String name() {
    return TITLE;
  }

  @Override
  public void run(Contest contest, Peer.Kind kind) throws Exception {
    List<Point> held = points.computeIfAbsent(kind, k -> new ArrayList<>());
    try (Stand stand = contest.stand(this, kind, new Tuning(1, 0, pollMillis, false))) {
      Load load = new Load(stand);
      var unused = stand.processes().get(0).obey(Order.of(Order.Verb.START));
      int failedAt = 0;
      for (int rate : rates) {
        if (failedAt > 0) {
          contest.comparison().say(title(rate), CAME, kind, "failed at " + failedAt + "/s");
        } else if (!measure(contest, stand, load, rate, held)) {
          failedAt = rate;
        }
      }
      if (failedAt == 0 && !load.late()) {
        contest.audit(this, stand, load);
      } else if (kind == Peer.Kind.CARILLON) {
        contest
            .report()
            .note(
                "%s: Carillon's ledger was not compared: %s",
                TITLE,
                load.late() ? "creating took longer than foreseen" : "it was behind at the end");
      }
    }
  }

  private boolean measure(Contest contest, Stand stand, Load load, int rate, List<Point> held)
      throws Exception {
    int missing = (int) Math.round(rate * interval) - load.timetable().size();
    Series series = load.add(missing, Math.round(interval * 1000) * 1000);
    stand.settle();
    WallClock.sleepUntil(series.start() + Math.round(warmUp * 1e6));
    long from = WallClock.nowMicros();
    Cpu cpu = contest.cpu(stand);
    WallClock.sleepUntil(from + Math.round(window * 1e6));
    long to = WallClock.nowMicros();
    cpu = contest.cpu(stand).since(cpu);
    WallClock.sleepUntil(to + DRAIN_MICROS);
    Counts tally = Counts.of(load.timetable(), from, to, WallClock.nowMicros(), stand.processes());
    Histogram late = tally.lateness();
    boolean holds =
        tally.came() == tally.expected()
            && late.getValueAtPercentile(PERCENTILE) <= TOLERATED_MICROS;
    held.add(new Point(rate, late));
    contest
        .progress()
        .say(
            "%d/s: %d of %d came, p50 %.1f ms, p99 %.1f ms%s",
            rate,
            tally.came(),
            tally.expected(),
            BenchCommand.millis(late, 50),
            BenchCommand.millis(late, PERCENTILE),
            holds ? "" : ": fails");
    rows(contest.comparison(), stand.kind(), rate, tally, holds);
    cpu.compare(
        contest.comparison(),
        title(rate),
        stand.kind(),
        Counts.begun(stand.processes(), from, to),
        !holds);
    return holds;
  }

  private static void rows(SideBySide into, Peer.Kind kind, int rate, Counts tally, boolean holds) {
    String title = title(rate);
    into.say(title, CAME, kind, holds ? "all" : "FAILED: " + why(tally));
    for (double percentile : new double[] {50, 90, 99, 100}) {
      String measure = percentile == 100 ? "late max ms" : "late p" + (int) percentile + " ms";
      double late = BenchCommand.millis(tally.lateness(), percentile);
      if (holds) {
        into.put(title, measure, Better.LESS, kind, late);
      } else {
        into.putFailed(title, measure, kind, late);
      }
    }
    into.put(title, "begun before their time", Better.LESS, kind, tally.early());
    if (tally.again() > 0) {
      into.put(title, "came again", Better.NEITHER, kind, tally.again());
    }
  }

  private static String why(Counts tally) {
    return tally.came() < tally.expected()
        ? tally.came() + " of " + tally.expected() + " came"
        : "p99 over " + TOLERATED_MICROS / 1_000_000 + " s";
  }

  private static String title(int rate) {
    return TITLE + ", " + Report.grouped(rate) + "/s";
  }

  /** Rates that were failed at included. */
  @Override
  public void chart(Report report) {
    List<Chart.Line> lines = new ArrayList<>();
    points.forEach(
        (kind, held) -> {
          lines.add(line(kind, held, 50));
          lines.add(line(kind, held, PERCENTILE));
        });
    if (!lines.isEmpty()) {
      report.chart(
          new Chart("How late jobs begin", "fires/s", "late ms", true, true, List.copyOf(lines)));
    }
  }

  private static Chart.Line line(Peer.Kind kind, List<Point> held, double percentile) {
    return new Chart.Line(
        kind.title() + ", p" + (int) percentile,
        held.stream().mapToDouble(Point::rate).toArray(),
        held.stream()
            .mapToDouble(
                point -> Math.max(0.001, BenchCommand.millis(point.lateness(), percentile)))
            .toArray());
  }
}
