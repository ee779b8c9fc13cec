package io.carillon.bench.peers;

import io.carillon.bench.load.WallClock;
import io.carillon.bench.peers.Order.Tuning;
import io.carillon.bench.peers.SideBySide.Better;
import io.carillon.bench.peers.Timetable.Series;

/** Schedules created through the API of each peer. They do not come due. */
final class CreateWork implements Contest.Work {

  private static final String TITLE = "create";
  private static final Tuning TUNING = new Tuning(1, 0, 100, false);
  private static final long LATER_MICROS = 3_600_000_000L;
  private static final int PLENTY = 10_000_000;

  /** One way to call. */
  private record Way(String title, int threads, boolean batch) {}

  private static final Way[] WAYS = {
    new Way("schedules/s, 1 thread", 1, false),
    new Way("schedules/s, 8 threads", 8, false),
    new Way("schedules/s, 1 thread, batches of " + Order.BATCH, 1, true)
  };

  private static final Way WARM_UP = new Way("", 8, false);

  private final double seconds;

  CreateWork(double seconds) {
    this.seconds = seconds;
  }

  @Override
  public String name() {
    return TITLE;
  }

  @Override
  public void run(Contest contest, Peer.Kind kind) throws Exception {
    try (Stand stand = contest.stand(this, kind, TUNING)) {
      // For the JIT compiler, of servers too; not counted.
      int next = create(stand, WARM_UP, 0, 2 * seconds).created();
      for (Way way : WAYS) {
        next += create(stand, way, next, seconds / 4).created();
        Order.Reply reply = create(stand, way, next, seconds);
        next += reply.created();
        double perSecond = reply.created() / reply.seconds();
        contest.progress().say("%.0f %s", perSecond, way.title());
        contest.comparison().put(TITLE, way.title(), Better.MORE, kind, perSecond);
      }
      long stored = stand.stored();
      contest
          .report()
          .check(
              TITLE + ": " + kind.title() + " stores what it created",
              stored == next,
              "%d created, %d stored",
              next,
              stored);
    }
  }

  private static Order.Reply create(Stand stand, Way way, int from, double seconds)
      throws InterruptedException {
    Series series = Series.once(from, PLENTY, WallClock.nowMicros() + LATER_MICROS);
    return stand
        .processes()
        .get(0)
        .obey(new Order(Order.Verb.CREATE, series, way.threads(), way.batch(), seconds));
  }
}
