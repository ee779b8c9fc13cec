package io.carillon.master.verification;

import io.carillon.common.time.Micros;
import io.carillon.common.time.TimeSource;
import io.carillon.master.core.CoreEvent;
import io.carillon.master.core.ledger.Gap;
import io.carillon.master.store.Schedules;
import io.carillon.master.store.StoredSchedule;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells operators what does not agree: in the log, and as events. Never silent, never a flood. */
final class GapReports {

  private static final Logger log = LoggerFactory.getLogger("carillon.ledger");

  /** So many of one slice are told one by one. */
  static final int MOST = 50;

  private final Schedules schedules;
  private final TimeSource time;
  private final Consumer<CoreEvent> events;

  GapReports(Schedules schedules, TimeSource time, Consumer<CoreEvent> events) {
    this.schedules = schedules;
    this.time = time;
    this.events = events;
  }

  /**
   * Tells of these.
   *
   * @param total nominal times in gaps of the partitions concerned, with those found before
   */
  void tell(List<Gap> gaps, long total) {
    for (Gap gap : gaps) {
      tell(gap);
    }
    if (gaps.size() == MOST) {
      log.error(
          "the ledger has more gaps than are told one by one, {} nominal times in all: list them"
              + " with `carillon verify --all`",
          total);
    }
  }

  private void tell(Gap gap) {
    Optional<StoredSchedule> schedule = schedules.find(gap.schedule());
    String tenant = schedule.map(StoredSchedule::tenant).orElse("-");
    String id = schedule.map(StoredSchedule::id).orElse(Long.toString(gap.schedule()));
    String first = Micros.format(gap.first());
    log.error(
        "the ledger does not agree with the revisions: {} {} of tenants/{}/schedules/{}, from {}"
            + " to {} (version {}, partition {}). {}",
        gap.count(),
        gap.kind(),
        tenant,
        id,
        first,
        Micros.format(gap.last()),
        gap.version(),
        gap.partition(),
        gap.kind() == Gap.Kind.MISSING
            ? "Fire them by `carillon schedule backfill --tenant "
                + tenant
                + " "
                + id
                + " --from "
                + first
                + " --to "
                + Micros.format(gap.last() + 1)
                + "`, which leaves the gap in the ledger, and report this: it is a fault of Carillon or of the database."
            : "Keep the rows and report this: it is a fault of Carillon or of the database.");
    events.accept(
        new CoreEvent.LedgerGap(
            time.nowMicros(),
            gap.partition(),
            tenant,
            id,
            gap.first(),
            gap.kind().name(),
            gap.count()));
  }
}
