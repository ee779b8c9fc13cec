package io.carillon.bench.peers;

import io.carillon.bench.load.LedgerQueries;
import io.carillon.bench.load.WallClock;
import io.carillon.bench.peers.Arrivals.Arrival;
import io.carillon.bench.peers.Contest.Load;
import io.carillon.bench.peers.Order.Tuning;
import io.carillon.bench.peers.SideBySide.Better;
import io.carillon.bench.peers.Timetable.Series;
import io.carillon.bench.rig.ServerProcess;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;

/** kill -9 of one of two, while jobs that take a while run: how long until each fires again. */
final class FailoverWork implements Contest.Work {

  private static final String TITLE = "fail-over";
  private static final int JOB_MILLIS = 200;
  private static final long PERIOD_MICROS = 1_000_000;
  private static final long BUSY_MICROS = 3_000_000;

  /** Which part of a cluster of Carillon it is. In a library one process is all of them. */
  private enum Victim {
    CONSUMER("of what runs jobs"),
    NODE("of what keeps time"),
    LEADER("of what leads");

    private final String role;

    Victim(String role) {
      this.role = role;
    }

    String title() {
      return TITLE + ", kill -9 " + role;
    }
  }

  private final int schedules;
  private final double aftermath;

  /**
   * @param aftermath how long after a kill is looked at, in seconds
   */
  FailoverWork(int schedules, double aftermath) {
    this.schedules = schedules;
    this.aftermath = aftermath;
  }

  @Override
  public String name() {
    return TITLE;
  }

  @Override
  public void run(Contest contest, Peer.Kind kind) throws Exception {
    try (Stand stand = contest.stand(this, kind, new Tuning(2, JOB_MILLIS, 100, true))) {
      Load load = new Load(stand);
      Series series = load.add(schedules, PERIOD_MICROS);
      for (PeerProcess process : stand.processes()) {
        var unused = process.obey(Order.of(Order.Verb.START));
      }
      WallClock.sleepUntil(series.start() + BUSY_MICROS);
      if (stand instanceof CarillonStand carillon) {
        for (Victim victim : Victim.values()) {
          rows(contest, kind, victim, strike(contest, carillon, load, victim));
        }
        if (load.late()) {
          contest.report().note("%s: creating took longer than foreseen; no audit", TITLE);
        } else {
          contest.audit(this, stand, load);
        }
      } else {
        // One process is all that Carillon divides, so one kill is all three.
        Strike strike = strike(contest, stand, load, Victim.CONSUMER);
        for (Victim victim : Victim.values()) {
          rows(contest, kind, victim, strike);
        }
      }
    }
  }

  /**
   * What a kill did.
   *
   * @param inFlight executions that it cut off
   * @param gap from the kill to the next execution of each schedule, in µs
   * @param never schedules without one
   */
  private record Strike(long inFlight, Histogram gap, long never, Counts tally) {}

  private Strike strike(Contest contest, Stand stand, Load load, Victim victim) throws Exception {
    long before = WallClock.nowMicros();
    long inFlight = kill(stand, victim, before);
    long at = WallClock.nowMicros();
    WallClock.sleepUntil(at + Math.round(aftermath * 1e6));
    long now = WallClock.nowMicros();
    Map<Integer, Long> next = new TreeMap<>();
    for (PeerProcess process : stand.processes()) {
      for (int i = 0; process.isAlive() && i < process.arrivals().count(); i++) {
        Arrival arrival = process.arrivals().get(i);
        if (arrival != null && arrival.started() > at) {
          next.merge(arrival.number(), arrival.started(), Math::min);
        }
      }
    }
    Histogram gap = LedgerQueries.histogram();
    for (int number = 0; number < schedules; number++) {
      gap.recordValue(next.getOrDefault(number, now) - at);
    }
    // What was due a little before the kill may have been lost by it; what was due just now is
    // still under way.
    Counts tally =
        Counts.of(
            load.timetable(),
            before - PERIOD_MICROS,
            now - 2 * PERIOD_MICROS,
            now,
            stand.processes());
    contest
        .progress()
        .say(
            "kill -9 %s: gap p50 %.2f s, max %.2f s, %d in flight, %d of %d times came",
            victim.role,
            gap.getValueAtPercentile(50) / 1e6,
            gap.getMaxValue() / 1e6,
            inFlight,
            tally.came(),
            tally.expected());
    return new Strike(inFlight, gap, schedules - next.size(), tally);
  }

  /**
   * @return how many executions were cut off
   */
  private static long kill(Stand stand, Victim victim, long now) throws Exception {
    if (victim == Victim.CONSUMER) {
      PeerProcess busier =
          stand.processes().stream()
              .max(
                  Comparator.comparingLong(
                      process -> Counts.begun(List.of(process), now - BUSY_MICROS, now)))
              .orElseThrow();
      busier.kill();
      return inFlight(busier);
    }
    CarillonStand carillon = (CarillonStand) stand;
    ServerProcess server =
        victim == Victim.LEADER ? carillon.rig().leader() : busiestNode(carillon);
    var unused = server.kill();
    return 0;
  }

  private static long inFlight(PeerProcess killed) {
    Arrivals arrivals = killed.arrivals();
    long cut = 0;
    for (int i = 0; i < arrivals.count(); i++) {
      Arrival arrival = arrivals.get(i);
      cut += arrival != null && arrival.ended() == 0 ? 1 : 0;
    }
    return cut;
  }

  /** The node with the most schedules. */
  private static ServerProcess busiestNode(CarillonStand stand) throws SQLException {
    try (Connection connection = stand.rig().postgres().connect();
        Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "select p.node_id from partition_state p join schedule s on s.partition = p.id"
                    + " group by 1 order by count(*) desc limit 1")) {
      row.next();
      String id = row.getString(1);
      return stand.rig().nodes().stream()
          .filter(node -> node.id().equals(id))
          .findFirst()
          .orElseThrow();
    }
  }

  private void rows(Contest contest, Peer.Kind kind, Victim victim, Strike strike) {
    SideBySide into = contest.comparison();
    String title = victim.title();
    Histogram gap = strike.gap();
    into.put(
        title, "until it fires again p50 s", Better.LESS, kind, gap.getValueAtPercentile(50) / 1e6);
    if (strike.never() > 0) {
      into.say(
          title,
          "until it fires again max s",
          kind,
          strike.never() + " of " + schedules + " not within " + aftermath + " s");
    } else {
      into.put(title, "until it fires again max s", Better.LESS, kind, gap.getMaxValue() / 1e6);
    }
    if (victim == Victim.CONSUMER) {
      into.put(title, "executions cut off", Better.NEITHER, kind, strike.inFlight());
    }
    Counts tally = strike.tally();
    into.put(
        title, "times not come by the end", Better.LESS, kind, tally.expected() - tally.came());
    into.put(title, "times that came again", Better.NEITHER, kind, tally.again());
  }
}
