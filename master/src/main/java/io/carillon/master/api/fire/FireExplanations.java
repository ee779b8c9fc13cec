package io.carillon.master.api.fire;

import io.carillon.common.fire.FireId;
import io.carillon.common.fire.FireKind;
import io.carillon.common.fire.SkipReason;
import io.carillon.common.schedule.CatchUp;
import io.carillon.common.schedule.Occurrences;
import io.carillon.common.schedule.ScheduleSpec;
import io.carillon.common.schedule.SpecNotes;
import io.carillon.common.time.Micros;
import io.carillon.common.time.TimeSource;
import io.carillon.common.words.DurationText;
import io.carillon.master.api.call.ApiException;
import io.carillon.master.api.call.ResourceName;
import io.carillon.master.core.ScheduleState;
import io.carillon.master.core.StoredSchedule;
import io.carillon.master.store.fires.Ledger;
import io.carillon.master.store.fires.Ledger.Key;
import io.carillon.master.store.schedules.Revisions;
import io.carillon.master.store.schedules.Schedules;
import java.util.List;
import java.util.Optional;

/** Says why a schedule fired at a time, or why it did not: from its revisions and the ledger. */
final class FireExplanations {

  private static final String REPAIRED =
      "A clock node left it out, and the leader made up for it. ";

  private final Ledger ledger;
  private final Schedules schedules;
  private final Revisions revisions;
  private final TimeSource clock;

  FireExplanations(Ledger ledger, Schedules schedules, Revisions revisions, TimeSource clock) {
    this.ledger = ledger;
    this.schedules = schedules;
    this.revisions = revisions;
    this.clock = clock;
  }

  /** What can be said of a time. */
  enum Verdict {
    WAS_FIRED,
    WAS_SKIPPED,
    EXCLUDED,
    NOT_A_TIME,
    PENDING,
    NOT_IN_FORCE
  }

  /**
   * Why a schedule fired at a time, or why it did not.
   *
   * @param summary sentences
   * @param tenant of the schedule
   * @param time null where no revision was in force
   * @param recorded null where the ledger has no row of it
   */
  record Explanation(
      Verdict verdict, String summary, String tenant, ExplainedTime time, Ledger.Row recorded) {}

  /**
   * Explains a nominal time of a schedule.
   *
   * @throws ApiException (TENANT_NOT_FOUND, SCHEDULE_NOT_FOUND)
   */
  Explanation explain(String tenant, String schedule, long nominal) {
    checkTenant(tenant);
    List<Long> candidates = revisions.namesakes(tenant, schedule);
    if (candidates.isEmpty()) {
      throw ApiException.notFound("SCHEDULE", ResourceName.schedule(tenant, schedule));
    }
    return explain(candidates, "", nominal, FireKind.SCHEDULED.code(0));
  }

  /**
   * Explains a fire.
   *
   * @param name of the fire, of this tenant and schedule
   * @throws ApiException (TENANT_NOT_FOUND, FIRE_NOT_FOUND)
   */
  Explanation explain(String name, String tenant, String schedule, FireId id) {
    if (id.nominalMicros() > Micros.MAX) {
      throw ApiException.notFound("FIRE", name);
    }
    checkTenant(tenant);
    boolean named =
        schedules
            .find(id.scheduleUid())
            .filter(found -> found.tenant().equals(tenant) && found.id().equals(schedule))
            .isPresent();
    if (!named) {
      throw ApiException.notFound("FIRE", name);
    }
    return explain(List.of(id.scheduleUid()), name, id.nominalMicros(), id.code());
  }

  /**
   * @param candidates numbers of the schedules that it can be of, the likeliest first
   * @param fire its name; empty if it was asked for by schedule and time
   */
  private Explanation explain(List<Long> candidates, String fire, long nominal, int kind) {
    for (long schedule : candidates) {
      Optional<Ledger.Row> row = ledger.find(new Key(nominal, schedule, kind));
      if (row.isPresent()) {
        return recorded(row.get(), nominal);
      }
    }
    if (kind != FireKind.SCHEDULED.code(0)) {
      throw ApiException.notFound("FIRE", fire);
    }
    for (long schedule : candidates) {
      Optional<Revisions.Row> revision = inForce(schedule, nominal);
      if (revision.isPresent()) {
        return undecided(revision.get(), nominal);
      }
    }
    return notInForce(candidates, nominal);
  }

  private void checkTenant(String tenant) {
    if (!schedules.tenantExists(tenant)) {
      throw ApiException.notFound("TENANT", ResourceName.tenant(tenant));
    }
  }

  /** The revision of a schedule that a nominal time is of, or would be of if the spec had it. */
  private Optional<Revisions.Row> inForce(long schedule, long nominal) {
    for (Revisions.Row row :
        revisions.between(schedule, nominal, nominal + ScheduleSpec.MAX_JITTER_MICROS)) {
      Occurrences times = ScheduleSpec.parse(row.spec()).compile();
      long due = times.matches(nominal) ? times.dueOf(schedule, nominal) : nominal;
      if (due > row.validFrom() && due <= row.validTo() && nominal > row.nominalAfter()) {
        return Optional.of(row);
      }
    }
    return Optional.empty();
  }

  private Explanation recorded(Ledger.Row row, long nominal) {
    Revisions.Row revision = revisions.find(row.key().schedule(), row.version()).orElseThrow();
    FireId id = FireId.ofCode(row.key().schedule(), row.key().nominal(), row.key().kind());
    ExplainedTime time = ExplainedTime.of(revision, nominal);
    boolean skipped = row.skipReason() != 0;
    String what =
        switch (id.kind()) {
          case MANUAL -> "Fired by TriggerSchedule, beside the times of the spec.";
          case BACKFILL ->
              "Fired by backfill " + id.backfill() + " of the schedule. " + time.text();
          case SCHEDULED ->
              (row.repaired() ? REPAIRED : "")
                  + (skipped
                      ? "Skipped: " + reason(row, revision.catchUp()) + ' ' + time.text()
                      : "Fired, recorded "
                          + DurationText.words(Math.max(0, row.recordedAt() - time.due()))
                          + " after it was due. "
                          + time.text());
        };
    Verdict verdict = skipped ? Verdict.WAS_SKIPPED : Verdict.WAS_FIRED;
    return new Explanation(verdict, what, tenant(revision), time, row);
  }

  private static String reason(Ledger.Row row, CatchUp catchUp) {
    String reached = "as it was reached, at " + Micros.format(row.recordedAt()) + ", it was ";
    return switch (SkipReason.ofCode(row.skipReason())) {
      case CATCHUP_WINDOW ->
          reached
              + "further in the past than the catch-up window of "
              + DurationText.words(catchUp.windowMicros())
              + '.';
      case CATCHUP_LIMIT ->
          reached
              + "missed, and the catch-up fires only the latest "
              + (catchUp.limit() == 1 ? "one" : catchUp.limit())
              + " of the times that are missed together.";
      case CATCHUP_NONE -> reached + "missed, and the catch-up mode is NONE.";
      case NONE -> "";
    };
  }

  /** A time that the ledger has no row of its own for. */
  private Explanation undecided(Revisions.Row revision, long nominal) {
    ExplainedTime time = ExplainedTime.of(revision, nominal);
    if (!time.isTime()) {
      Verdict verdict =
          time.said().verdict() == SpecNotes.Verdict.EXCLUDED
              ? Verdict.EXCLUDED
              : Verdict.NOT_A_TIME;
      return new Explanation(verdict, time.text(), tenant(revision), time, null);
    }
    Optional<Ledger.Row> run = ledger.skippedRun(revision.schedule(), nominal);
    if (run.isPresent()) {
      return recorded(run.get(), nominal);
    }
    long now = clock.nowMicros();
    String pending =
        time.due() > now
            ? "Not due yet: it is due at " + Micros.format(time.due()) + ". "
            : "It was due at "
                + Micros.format(time.due())
                + ", and is not recorded yet: its partition has not come to it. ";
    return new Explanation(Verdict.PENDING, pending + time.text(), tenant(revision), time, null);
  }

  private String tenant(Revisions.Row revision) {
    return schedules.find(revision.schedule()).orElseThrow().tenant();
  }

  private Explanation notInForce(List<Long> candidates, long nominal) {
    List<StoredSchedule> named =
        candidates.stream().flatMap(num -> schedules.find(num).stream()).toList();
    StoredSchedule schedule =
        named.stream()
            .filter(one -> one.createTime() <= nominal)
            .findFirst()
            .orElse(named.get(named.size() - 1));
    return new Explanation(
        Verdict.NOT_IN_FORCE, why(schedule, nominal), schedule.tenant(), null, null);
  }

  private String why(StoredSchedule schedule, long nominal) {
    String name = ResourceName.schedule(schedule.tenant(), schedule.id());
    if (nominal <= schedule.createTime()) {
      return name + " was not there yet: it was created at " + text(schedule.createTime());
    }
    if (schedule.state() == ScheduleState.DELETED && nominal > schedule.effectiveTime()) {
      return name + " was deleted at " + text(schedule.effectiveTime());
    }
    StoredSchedule.Pause pause = schedule.pause();
    if (schedule.state() == ScheduleState.PAUSED
        && nominal > pause.since()
        && nominal <= pause.until()) {
      return name
          + " is paused from "
          + text(pause.since())
          + (pause.until() == Long.MAX_VALUE
              ? " until it is resumed"
              : " until " + text(pause.until()))
          + (pause.by().isEmpty() ? "" : ", by " + pause.by())
          + (pause.operation() == 0 ? "" : ", by " + ResourceName.operation(pause.operation()))
          + (pause.reason().isEmpty() ? "" : ": " + pause.reason());
    }
    return name
        + " was paused"
        + revisions.lastEnd(schedule.num(), nominal).map(from -> " from " + text(from)).orElse("")
        + revisions.nextBegin(schedule.num(), nominal).map(to -> " to " + text(to)).orElse("");
  }

  private static String text(long micros) {
    return Micros.format(micros);
  }
}
