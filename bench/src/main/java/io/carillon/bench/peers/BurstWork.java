package io.carillon.bench.peers;

import io.carillon.bench.load.WallClock;
import io.carillon.bench.peers.Arrivals.Arrival;
import io.carillon.bench.peers.Comparison.Better;
import java.util.Map;

/** Many one-shots that are due at once: how fast they are executed. */
final class BurstWork implements Contest.Work {

  private static final String TITLE = "burst";
  private static final Tuning TUNING = new Tuning(1, 0, 100, false);

  /** So that it is not the JIT compiler that is measured. */
  private static final int WARM_UP_PART = 10;

  private static final long STALL_MICROS = 20_000_000;
  private static final long REST_MILLIS = 500;

  private final Map<Peer.Kind, Integer> sizes;

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
      burst(contest, stand, load, Math.max(1, size / WARM_UP_PART));
      Burst burst = burst(contest, stand, load, size);
      contest
          .progress()
          .say("%d of %d executed in %.2f s", burst.tally().came(), size, burst.seconds());
      Comparison into = contest.comparison();
      into.put(TITLE, "one-shots due at once", Better.NEITHER, kind, size);
      into.put(TITLE, "executions/s, first to last", Better.MORE, kind, burst.perSecond());
      into.put(TITLE, "last after it could begin, s", Better.NEITHER, kind, burst.untilLast());
      burst.cpu().compare(into, TITLE, kind, burst.tally().came());
      Tally tally = burst.tally();
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
      contest.audit(this, stand, load);
    }
  }

  /**
   * @param begin when the first could have been executed
   */
  private record Burst(Tally tally, long begin, long first, long last, Cpu cpu) {
    double seconds() {
      return (last - first) / 1e6;
    }

    double perSecond() {
      return seconds() == 0 ? 0 : (tally.came() - 1) / seconds();
    }

    double untilLast() {
      return (last - begin) / 1e6;
    }
  }

  /** A library is started when all are due; Carillon is there when the time comes. */
  private static Burst burst(Contest contest, Stand stand, Load load, int size) throws Exception {
    PeerProcess process = stand.processes().get(0);
    boolean server = stand.kind() == Peer.Kind.CARILLON;
    Series series = server ? load.add(size, 0) : load.addDue(size);
    stand.settle();
    if (server && WallClock.nowMicros() > series.start()) {
      throw new IllegalStateException("due before all was created");
    }
    long begin = Math.max(series.start(), WallClock.nowMicros());
    WallClock.sleepUntil(server ? begin - REST_MILLIS * 1000 : begin);
    int before = process.arrivals().count();
    Cpu cpu = contest.cpu(stand);
    if (!server) {
      var unused = process.obey(Order.of(Order.Verb.START));
    }
    awaitArrivals(process, before + size);
    Thread.sleep(REST_MILLIS);
    cpu = contest.cpu(stand).since(cpu);
    var unused = process.obey(Order.of(Order.Verb.PAUSE));
    long first = Long.MAX_VALUE;
    long last = 0;
    for (int i = before; i < process.arrivals().count(); i++) {
      Arrival arrival = process.arrivals().get(i);
      first = Math.min(first, arrival.started());
      last = Math.max(last, arrival.started());
    }
    Tally tally =
        Tally.of(
            load.timetable(),
            series.start() - 1,
            series.start(),
            WallClock.nowMicros(),
            stand.processes());
    return new Burst(tally, begin, first, last, cpu);
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
