package io.carillon.bench.peers;

import io.carillon.bench.report.Progress;
import io.carillon.bench.report.Report;
import io.carillon.bench.rig.BenchPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What all works share.
 *
 * @param postgres the one server, on which the peers stand in turn
 */
record Contest(
    BenchPostgres postgres,
    Comparison comparison,
    TuningNotes tuned,
    Report report,
    Progress progress) {

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
            : LibraryStand.start(kind, postgres, folder, tuning);
    tuned.note(kind, work.name(), stand.settings());
    return stand;
  }

  Cpu cpu(Stand stand) throws IOException {
    return Cpu.now(stand, postgres);
  }

  /** The peer's own record, where it keeps one, against what was asked for. */
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
}
