package io.carillon.bench.peers;

import io.carillon.bench.load.WallClock;
import io.carillon.bench.peers.Arrivals.Arrival;
import io.carillon.bench.peers.Contest.Load;
import io.carillon.bench.peers.Order.Tuning;
import io.carillon.bench.peers.SideBySide.Better;
import io.carillon.bench.peers.Stand.Cpu;
import io.carillon.bench.peers.Timetable.Series;
import io.carillon.bench.report.Chart;
import io.carillon.bench.report.Report;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;

/** Many one-shots that are due at once: how fast they are executed. */
final class BurstWork implements Contest.Work {

  private static final String TITLE = "burst";
  private static final Tuning TUNING = new Tuning(1, 0, 100, false);

  /** So that it is not the JIT compiler that is measured. */
  private static final int WARM_UP_PART = 10;

  private static final long STALL_MICROS = 20_000_000;
  private static final long REST_MILLIS = 500;

  /** How often, if creating took longer than foreseen. */
  private static final int ATTEMPTS = 3;

  private static final int CHART_POINTS = 100;

  private final Map<Peer.Kind, Integer> sizes;
  private final List<Chart.Line> lines = new ArrayList<>();

  /**
   * @param sizes how many one-shots each peer gets
   */
  BurstWork(Map<Peer.Kind, Integer> sizes) {
    this.sizes = sizes;
  }

  @Override
  public String name() {
    return TITLE;
  }

  @Override
  public void run(Contest contest, Peer.Kind kind) throws Exception {
    int size = sizes.get(kind);
    try (Stand stand = contest.stand(this, kind, TUNING)) {
      Load load = new Load(stand);
      var unused = burst(contest, stand, load, Math.max(1, size / WARM_UP_PART));
      Burst burst = burst(contest, stand, load, size);
      for (int i = 1; burst.begunTooSoon() && i < ATTEMPTS; i++) {
        contest.progress().say("due before all was created: once more");
        burst = burst(contest, stand, load, size);
      }
      if (burst.begunTooSoon()) {
        throw new IllegalStateException("due before all was created, " + ATTEMPTS + " times");
      }
      contest
          .progress()
          .say("%d of %d executed in %.2f s", burst.tally().came(), size, burst.seconds());
      rows(contest, kind, burst);
      contest.audit(this, stand, load);
    }
  }

  private void rows(Contest contest, Peer.Kind kind, Burst burst) {
    SideBySide into = contest.comparison();
    Counts tally = burst.tally();
    into.put(TITLE, "one-shots due at once", Better.NEITHER, kind, tally.expected());
    into.put(TITLE, "executions/s, first to last", Better.MORE, kind, burst.perSecond());
    into.put(TITLE, "from due to the last, s", Better.LESS, kind, burst.untilLast());
    burst.cpu().compare(into, TITLE, kind, tally.came(), !tally.complete());
    contest
        .report()
        .check(
            TITLE + ": " + kind.title() + " executed every one-shot exactly once, none early",
            tally.complete() && tally.again() == 0,
            "%d of %d, %d again, %d early",
            tally.came(),
            tally.expected(),
            tally.again(),
            tally.early());
    lines.add(burst.line(kind));
  }

  /**
   * One burst, when it is over.
   *
   * @param begunTooSoon before all of it was created, so that it is none
   * @param begin when the first could have been executed
   * @param starts of all executions, ascending
   */
  private record Burst(boolean begunTooSoon, Counts tally, long begin, long[] starts, Cpu cpu) {
    double seconds() {
      return (starts[starts.length - 1] - starts[0]) / 1e6;
    }

    double perSecond() {
      return seconds() == 0 ? 0 : (starts.length - 1) / seconds();
    }

    double untilLast() {
      return (starts[starts.length - 1] - begin) / 1e6;
    }

    Chart.Line line(Peer.Kind kind) {
      int points = Math.min(CHART_POINTS, starts.length);
      double[] xs = new double[points];
      double[] ys = new double[points];
      for (int i = 0; i < points; i++) {
        int at = (int) ((long) (starts.length - 1) * (i + 1) / points);
        xs[i] = Math.max(0.01, (starts[at] - starts[0]) / 1e6);
        ys[i] = at + 1;
      }
      return new Chart.Line(kind.title(), xs, ys);
    }
  }

  @Override
  public void chart(Report report) {
    report.chart(
        new Chart(
            "A burst: one-shots executed since the first of them",
            "s",
            "executions",
            true,
            true,
            lines));
  }

  /** A library is started when all are due; Carillon is there when the time comes. */
  private static Burst burst(Contest contest, Stand stand, Load load, int size) throws Exception {
    PeerProcess process = stand.processes().get(0);
    boolean server = stand.kind() == Peer.Kind.CARILLON;
    int before = process.arrivals().count();
    Series series = server ? load.add(size, 0) : load.addDue(size);
    stand.settle();
    boolean tooSoon = server && WallClock.nowMicros() > series.start() - REST_MILLIS * 1000;
    long begin = Math.max(series.start(), WallClock.nowMicros());
    if (server) {
      WallClock.sleepUntil(begin - REST_MILLIS * 1000);
    }
    Cpu cpu = contest.cpu(stand);
    if (!server) {
      var unused = process.obey(Order.of(Order.Verb.START));
    }
    awaitArrivals(process, before + size);
    Thread.sleep(REST_MILLIS);
    cpu = contest.cpu(stand).since(cpu);
    var unused = process.obey(Order.of(Order.Verb.PAUSE));
    Counts tally =
        Counts.of(
            load.timetable(),
            series.start() - 1,
            series.start(),
            WallClock.nowMicros(),
            stand.processes());
    return new Burst(tooSoon, tally, begin, starts(process.arrivals(), before), cpu);
  }

  private static long[] starts(Arrivals arrivals, int from) {
    return IntStream.range(from, arrivals.count())
        .mapToObj(arrivals::get)
        .filter(Objects::nonNull)
        .mapToLong(Arrival::started)
        .sorted()
        .toArray();
  }

  /** Until all are there, or none has come for long. */
  private static void awaitArrivals(PeerProcess process, int expected) throws InterruptedException {
    int seen = -1;
    long changed = WallClock.nowMicros();
    while (seen < expected && WallClock.nowMicros() - changed < STALL_MICROS) {
      Thread.sleep(20);
      int now = process.arrivals().count();
      if (now != seen) {
        seen = now;
        changed = WallClock.nowMicros();
      }
    }
  }
}
