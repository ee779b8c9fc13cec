package io.carillon.master.verification;

import io.carillon.common.time.Micros;
import io.carillon.common.time.TimeSource;
import io.carillon.master.core.CoreEvent;
import io.carillon.master.core.MissedTimes;
import io.carillon.master.core.StoredSchedule;
import io.carillon.master.core.ledger.Gap;
import io.carillon.master.store.schedules.Schedules;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
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

  /** A schedule, or what there is of it. */
  private record Name(String tenant, String id) {
    @Override
    public String toString() {
      return "tenants/" + tenant + "/schedules/" + id;
    }
  }

  private Name name(long schedule) {
    Optional<StoredSchedule> found = schedules.find(schedule);
    return new Name(
        found.map(StoredSchedule::tenant).orElse("-"),
        found.map(StoredSchedule::id).orElse(Long.toString(schedule)));
  }

  /** Tells of times that are missing, before they are made up for. */
  void tellMissed(List<MissedTimes> missed) {
    for (MissedTimes one : missed.subList(0, Math.min(MOST, missed.size()))) {
      Name name = name(one.revision().schedule());
      long first = one.nominals()[0];
      log.error(
          "the ledger lacks {} nominal times of {}, from {} to {} (version {}, partition {}), that"
              + " {} left out: they are made up for",
          one.nominals().length,
          name,
          Micros.format(first),
          Micros.format(one.nominals()[one.nominals().length - 1]),
          one.revision().version(),
          one.partition(),
          by(one));
      tell(one.partition(), name, first, Gap.Kind.MISSING, one.nominals().length);
    }
  }

  private static String by(MissedTimes one) {
    return one.node().isEmpty() ? "whoever had it" : "node " + one.node();
  }

  /** Tells that they are made up for. */
  void tellRepaired(List<MissedTimes> missed, MissedTimes.Result result) {
    TreeSet<String> nodes = new TreeSet<>();
    missed.forEach(one -> nodes.add(one.node()));
    nodes.remove("");
    log.warn(
        "{} nominal times that the ledger lacked are recorded late and marked as repaired: {}"
            + " fired, {} skipped as the catch-up of their schedules says.{}",
        result.fired() + result.skipped(),
        result.fired(),
        result.skipped(),
        nodes.isEmpty()
            ? ""
            : " The nodes that left them out are given no partitions (UNTRUSTED): "
                + String.join(", ", nodes)
                + ". Look at their machines and programs, and start them anew.");
    for (MissedTimes one : missed.subList(0, Math.min(MOST, missed.size()))) {
      Name name = name(one.revision().schedule());
      long[] nominals = one.nominals();
      events.accept(
          new CoreEvent.FiresRepaired(
              time.nowMicros(),
              one.partition(),
              name.tenant(),
              name.id(),
              nominals[0],
              nominals[nominals.length - 1],
              nominals.length,
              one.node()));
    }
  }

  /** Tells that times are not made up for, as the core refuses it. */
  void tellRefused(List<MissedTimes> missed, String refusal) {
    log.error(
        "{} gaps in the ledger cannot be made up for: the leader says {}", missed.size(), refusal);
  }

  /**
   * Tells of what stays as it is.
   *
   * @param total nominal times in gaps of the partitions concerned, with those found before
   */
  void tell(List<Gap> gaps, long total) {
    gaps.forEach(this::tell);
    if (gaps.size() == MOST) {
      log.error(
          "the ledger has more gaps than are told one by one, {} nominal times in all: list them"
              + " with `carillon verify --all`",
          total);
    }
  }

  private void tell(Gap gap) {
    Name name = name(gap.schedule());
    String first = Micros.format(gap.first());
    log.error(
        "the ledger does not agree with the revisions: {} {} of {}, from {} to {} (version {},"
            + " partition {}){}. {}",
        gap.count(),
        gap.kind(),
        name,
        first,
        Micros.format(gap.last()),
        gap.version(),
        gap.partition(),
        gap.detail().isEmpty() ? "" : ": " + gap.detail(),
        gap.kind() == Gap.Kind.MISSING
            ? "A row that is none of them stands in their place, or the leader knows otherwise, so"
                + " they are not made up for. Fire them by `carillon schedule backfill --tenant "
                + name.tenant()
                + " "
                + name.id()
                + " --from "
                + first
                + " --to "
                + Micros.format(gap.last() + 1)
                + "`, which leaves the gap in the ledger, and report this: it is a fault of Carillon"
                + " or of the database."
            : "Keep the rows and report this: it is a fault of Carillon or of the database.");
    tell(gap.partition(), name, gap.first(), gap.kind(), gap.count());
  }

  private void tell(int partition, Name name, long first, Gap.Kind kind, long count) {
    events.accept(
        new CoreEvent.LedgerGap(
            time.nowMicros(), partition, name.tenant(), name.id(), first, kind.name(), count));
  }
}
