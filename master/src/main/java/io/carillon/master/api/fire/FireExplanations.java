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
import io.carillon.master.api.call.Faults;
import io.carillon.master.api.call.ResourceName;
import io.carillon.master.api.call.Timestamps;
import io.carillon.master.store.fires.Ledger;
import io.carillon.master.store.fires.Ledger.Key;
import io.carillon.master.store.schedules.Revisions;
import io.carillon.master.store.schedules.Schedules;
import io.carillon.master.store.schedules.StoredSchedule;
import io.carillon.v1.ExplainFireRequest;
import io.carillon.v1.ExplainFireResponse;
import io.carillon.v1.ExplainFireResponse.Verdict;
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

  /**
   * What is asked for.
   *
   * @param candidates numbers of the schedules that it can be of, the likeliest first
   * @param fire its name; empty if it was asked for by schedule and time
   * @param kind code of the kind
   */
  private record Asked(List<Long> candidates, String fire, long nominal, int kind) {}

  ExplainFireResponse explain(ExplainFireRequest request) {
    Asked asked = asked(request);
    for (long schedule : asked.candidates()) {
      Key key = new Key(asked.nominal(), schedule, asked.kind());
      Optional<Ledger.Row> row = ledger.find(key);
      if (row.isPresent()) {
        return recorded(row.get(), asked.nominal());
      }
    }
    if (asked.kind() != FireKind.SCHEDULED.code(0)) {
      throw ApiException.notFound("FIRE", asked.fire());
    }
    for (long schedule : asked.candidates()) {
      Optional<Revisions.Row> revision = inForce(schedule, asked.nominal());
      if (revision.isPresent()) {
        return undecided(revision.get(), asked.nominal());
      }
    }
    return notInForce(asked);
  }

  private Asked asked(ExplainFireRequest request) {
    if (!request.getFire().isEmpty()) {
      if (!request.getSchedule().isEmpty() || request.hasNominalTime()) {
        throw ApiException.invalid(
            "fire", "FIELD_OUT_OF_RANGE", "give either a fire, or a schedule and a nominal_time");
      }
      return fire(request.getFire());
    }
    Faults faults = new Faults();
    List<String> ids =
        faults.in(
            () -> ResourceName.parse("schedule", request.getSchedule(), "tenants", "schedules"),
            List.of());
    long nominal = faults.in(() -> nominal(request), 0L);
    faults.refuse();
    checkTenant(ids.get(0));
    List<Long> candidates = revisions.namesakes(ids.get(0), ids.get(1));
    if (candidates.isEmpty()) {
      throw ApiException.notFound("SCHEDULE", request.getSchedule());
    }
    return new Asked(candidates, "", nominal, FireKind.SCHEDULED.code(0));
  }

  private static long nominal(ExplainFireRequest request) {
    if (!request.hasNominalTime()) {
      throw ApiException.required("nominal_time");
    }
    return Timestamps.micros("nominal_time", request.getNominalTime());
  }

  private Asked fire(String name) {
    List<String> ids = ResourceName.parse("fire", name, "tenants", "schedules", "fires");
    FireId id;
    try {
      id = FireId.parse(ids.get(2));
    } catch (IllegalArgumentException e) {
      throw ApiException.invalid("fire", "FIELD_MALFORMED", e.getMessage());
    }
    if (id.nominalMicros() > Micros.MAX) {
      throw ApiException.notFound("FIRE", name);
    }
    checkTenant(ids.get(0));
    boolean named =
        schedules
            .find(id.scheduleUid())
            .filter(found -> found.tenant().equals(ids.get(0)) && found.id().equals(ids.get(1)))
            .isPresent();
    if (!named) {
      throw ApiException.notFound("FIRE", name);
    }
    return new Asked(List.of(id.scheduleUid()), name, id.nominalMicros(), id.code());
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

  private ExplainFireResponse recorded(Ledger.Row row, long nominal) {
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
    return time.response(tenant(revision))
        .setVerdict(skipped ? Verdict.WAS_SKIPPED : Verdict.WAS_FIRED)
        .setSummary(what)
        .setFire(FireRpc.message(row))
        .build();
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
  private ExplainFireResponse undecided(Revisions.Row revision, long nominal) {
    ExplainedTime time = ExplainedTime.of(revision, nominal);
    if (!time.isTime()) {
      return time.response(tenant(revision))
          .setVerdict(
              time.said().verdict() == SpecNotes.Verdict.EXCLUDED
                  ? Verdict.EXCLUDED
                  : Verdict.NOT_A_TIME)
          .setSummary(time.text())
          .build();
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
    return time.response(tenant(revision))
        .setVerdict(Verdict.PENDING)
        .setSummary(pending + time.text())
        .build();
  }

  private String tenant(Revisions.Row revision) {
    return schedules.find(revision.schedule()).orElseThrow().tenant();
  }

  private ExplainFireResponse notInForce(Asked asked) {
    List<StoredSchedule> named =
        asked.candidates().stream().flatMap(num -> schedules.find(num).stream()).toList();
    StoredSchedule schedule =
        named.stream()
            .filter(one -> one.createTime() <= asked.nominal())
            .findFirst()
            .orElse(named.get(named.size() - 1));
    return ExplainFireResponse.newBuilder()
        .setVerdict(Verdict.NOT_IN_FORCE)
        .setSummary(why(schedule, asked.nominal()))
        .build();
  }

  private String why(StoredSchedule schedule, long nominal) {
    String name = ResourceName.schedule(schedule.tenant(), schedule.id());
    if (nominal <= schedule.createTime()) {
      return name + " was not there yet: it was created at " + text(schedule.createTime());
    }
    if (schedule.state() == StoredSchedule.DELETED && nominal > schedule.effectiveTime()) {
      return name + " was deleted at " + text(schedule.effectiveTime());
    }
    StoredSchedule.Pause pause = schedule.pause();
    if (schedule.state() == StoredSchedule.PAUSED
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
