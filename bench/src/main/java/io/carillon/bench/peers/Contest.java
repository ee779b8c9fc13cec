package io.carillon.bench.peers;

import io.carillon.bench.load.WallClock;
import io.carillon.bench.peers.Order.Tuning;
import io.carillon.bench.peers.Stand.Cpu;
import io.carillon.bench.peers.Timetable.Series;
import io.carillon.bench.report.ProgressLog;
import io.carillon.bench.report.Report;
import io.carillon.bench.rig.BenchPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;

/**
 * What all works share.
 *
 * @param postgres the one server, on which the peers stand in turn
 */
record Contest(BenchPostgres postgres, SideBySide comparison, Report report, ProgressLog progress) {

  /** One kind of work, for one peer at a time. */
  interface Work {
    String name();

    void run(Contest contest, Peer.Kind kind) throws Exception;

    /** Adds pictures of what all peers have done. */
    default void chart(Report report) {}
  }

  Stand stand(Work work, Peer.Kind kind, Tuning tuning) throws Exception {
    progress.say("%s: %s", work.name(), kind.title());
    Path folder = Files.createTempDirectory(postgres.folder(), "peer-");
    Stand stand =
        kind == Peer.Kind.CARILLON
            ? CarillonStand.start(postgres, folder, tuning, progress)
            : Stand.Library.start(kind, postgres, folder, tuning);
    comparison.tuned(kind, work.name(), stand.settings());
    return stand;
  }

  Cpu cpu(Stand stand) throws IOException {
    return Cpu.now(stand, postgres);
  }

  /** The peer's own record, where it keeps one, against its timetable. */
  void audit(Work work, Stand stand, Load load) throws Exception {
    if (stand.kind() == Peer.Kind.CARILLON) {
      String wrong = stand.audit(load.timetable());
      report.check(
          work.name() + ": Carillon's ledger has every time exactly once, all acknowledged",
          wrong.isEmpty(),
          "%s",
          wrong.isEmpty() ? "it is so" : wrong);
    }
  }

  /** What a standing peer has been given so far, and how it is given more. */
  static final class Load {

    private static final long MARGIN_MICROS = 2_000_000;

    /** Creation is not always as fast as it was. */
    private static final double CAUTION = 1.5;

    /** How many a second each creates on a cold JVM, and less. */
    private static final Map<Peer.Kind, Double> FIRST_GUESS =
        new EnumMap<>(
            Map.of(
                Peer.Kind.CARILLON, 1_000.0,
                Peer.Kind.DB_SCHEDULER, 5_000.0,
                Peer.Kind.QUARTZ, 300.0));

    private final Stand stand;
    private final Timetable timetable = new Timetable();
    private double perSecond;
    private boolean late;

    Load(Stand stand) {
      this.stand = stand;
      this.perSecond = FIRST_GUESS.get(stand.kind());
    }

    Timetable timetable() {
      return timetable;
    }

    /** Whether some were due before they were created. What they owe is then not known. */
    boolean late() {
      return late;
    }

    /**
     * Adds schedules that begin when all of them are there: what is due before would be a backlog.
     *
     * @param period of each in µs; 0: once, all at the same time
     */
    Series add(int count, long period) throws InterruptedException {
      long wait = (long) (count * 1e6 / perSecond * CAUTION);
      return add(new Series(timetable.size(), count, now() + MARGIN_MICROS + wait, period));
    }

    /** Adds schedules of which all are due when they are created. */
    Series addDue(int count) throws InterruptedException {
      return add(Series.once(timetable.size(), count, now()));
    }

    private Series add(Series series) throws InterruptedException {
      PeerProcess first = stand.processes().get(0);
      for (PeerProcess process : stand.processes()) {
        if (process != first) {
          var unused = process.obey(Order.declare(series));
        }
      }
      Order.Reply reply = first.obey(Order.createAll(series));
      if (reply.created() != series.count()) {
        throw new IllegalStateException(reply.created() + " of " + series.count() + " created");
      }
      timetable.add(series);
      boolean tooLate = now() > series.start();
      late |= tooLate;
      // Few schedules on a cold JVM say little, unless the guess was too high.
      double measured = series.count() / reply.seconds();
      perSecond = tooLate ? measured : Math.max(measured, FIRST_GUESS.get(stand.kind()));
      return series;
    }

    private static long now() {
      return WallClock.nowMicros();
    }
  }
}
