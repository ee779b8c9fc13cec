package io.carillon.master.api.fire;

import io.carillon.common.fire.FireId;
import io.carillon.common.fire.FireKind;
import io.carillon.common.schedule.Occurrences;
import io.carillon.common.words.LocalText;
import io.carillon.master.api.call.ResourceName;
import io.carillon.master.api.call.Timestamps;
import io.carillon.master.api.fire.FireExplanations.Explanation;
import io.carillon.master.api.spec.NoteMessages;
import io.carillon.master.api.spec.SpecMessages;
import io.carillon.master.core.ledger.Gap;
import io.carillon.master.core.ledger.Tally;
import io.carillon.master.store.fires.Ledger.Key;
import io.carillon.master.store.fires.Ledger.Row;
import io.carillon.master.store.schedules.Revisions;
import io.carillon.master.verification.Completeness;
import io.carillon.v1.ExplainFireResponse;
import io.carillon.v1.Fire;
import io.carillon.v1.VerifyCompletenessResponse;
import io.carillon.v1.VerifyCompletenessResponse.Verdict;

/** Fires, explanations and verdicts as the API shows them. */
final class FireMessages {

  private FireMessages() {}

  static Fire.Kind kind(FireKind kind) {
    return switch (kind) {
      case SCHEDULED -> Fire.Kind.SCHEDULED;
      case MANUAL -> Fire.Kind.MANUAL;
      case BACKFILL -> Fire.Kind.BACKFILL;
    };
  }

  static Fire message(Row row) {
    Key key = row.key();
    FireId fireId = FireId.ofCode(key.schedule(), key.nominal(), key.kind());
    String id = fireId.toString();
    boolean skipped = row.skipReason() != 0;
    Fire.Builder fire =
        Fire.newBuilder()
            .setName(ResourceName.fire(row.tenant(), row.scheduleId(), id))
            .setFireId(id)
            .setKind(kind(fireId.kind()))
            .setBackfill(fireId.backfill())
            .setNominalTime(Timestamps.of(key.nominal()))
            .setDisposition(skipped ? Fire.Disposition.SKIPPED : Fire.Disposition.FIRED)
            .setRecordTime(Timestamps.of(row.recordedAt()))
            .setSeq(row.seq())
            .setVersion(row.version())
            .setPartition(row.partition())
            .setPartitionEpoch(row.partitionEpoch())
            .setRepaired(row.repaired());
    if (skipped) {
      fire.setSkipReasonValue(row.skipReason())
          .setLastNominalTime(Timestamps.of(row.lastNominal()))
          .setSkippedCount(row.skippedCount());
    }
    if (row.destination() != null) {
      fire.setDestination(ResourceName.destination(row.tenant(), row.destination()));
    }
    return fire.build();
  }

  static ExplainFireResponse message(Explanation explained) {
    ExplainFireResponse.Builder response =
        ExplainFireResponse.newBuilder()
            .setVerdict(
                switch (explained.verdict()) {
                  case WAS_FIRED -> ExplainFireResponse.Verdict.WAS_FIRED;
                  case WAS_SKIPPED -> ExplainFireResponse.Verdict.WAS_SKIPPED;
                  case EXCLUDED -> ExplainFireResponse.Verdict.EXCLUDED;
                  case NOT_A_TIME -> ExplainFireResponse.Verdict.NOT_A_TIME;
                  case PENDING -> ExplainFireResponse.Verdict.PENDING;
                  case NOT_IN_FORCE -> ExplainFireResponse.Verdict.NOT_IN_FORCE;
                })
            .setSummary(explained.summary());
    if (explained.time() != null) {
      show(explained.tenant(), explained.time(), response);
    }
    if (explained.recorded() != null) {
      response.setFire(message(explained.recorded()));
    }
    return response.build();
  }

  private static void show(
      String tenant, ExplainedTime time, ExplainFireResponse.Builder response) {
    Revisions.Row revision = time.revision();
    long nominal = time.nominal();
    response
        .setVersion(revision.version())
        .setSpec(SpecMessages.of(tenant, time.spec()))
        .setTzdbVersion(revision.tzdbVersion())
        .setLocalTime(LocalText.of(nominal, time.spec().zone()))
        .setRuleIndex(Math.max(0, time.said().rule()))
        .addAllNotes(NoteMessages.of(time.notes()));
    if (time.isTime()) {
      response.setDueTime(Timestamps.of(time.due()));
    }
    long previous = time.times().previousBefore(nominal);
    if (previous != Occurrences.NEVER_BEFORE) {
      response.setPreviousTime(Timestamps.of(previous));
    }
    long next = time.times().nextAfter(nominal);
    if (next != Occurrences.NEVER) {
      response.setNextTime(Timestamps.of(next));
    }
  }

  /**
   * @param schedule its name
   */
  static VerifyCompletenessResponse.Gap message(Gap gap, String schedule) {
    return VerifyCompletenessResponse.Gap.newBuilder()
        .setKind(VerifyCompletenessResponse.Gap.Kind.valueOf(gap.kind().name()))
        .setSchedule(schedule)
        .setFirstNominalTime(Timestamps.of(gap.first()))
        .setLastNominalTime(Timestamps.of(gap.last()))
        .setCount(gap.count())
        .setVersion(gap.version())
        .setPartition(gap.partition())
        .setFireKind(kind(gap.fireKind()))
        .setBackfill(FireKind.backfillOf(gap.fireKind()))
        .setDetail(gap.detail())
        .build();
  }

  /** A row may say anything. */
  private static Fire.Kind kind(int code) {
    return code < 0 || code > FireKind.BACKFILL.code(FireKind.MAX_BACKFILL)
        ? Fire.Kind.KIND_UNSPECIFIED
        : kind(FireKind.ofCode(code));
  }

  static Verdict message(Completeness.Verdict found) {
    Tally tally = found.tally();
    return Verdict.newBuilder()
        .setComplete(tally.gaps() == 0)
        .setStartTime(Timestamps.of(found.start()))
        .setEndTime(Timestamps.of(found.end()))
        .setScheduleCount(found.extent().schedules())
        .setRevisionCount(found.extent().revisions())
        .setOwedCount(tally.owed)
        .setFiredCount(tally.fired)
        .setSkippedCount(tally.skipped)
        .setMissingCount(tally.gaps(Gap.Kind.MISSING))
        .setUnexpectedCount(tally.gaps(Gap.Kind.UNEXPECTED))
        .setDuplicateCount(tally.gaps(Gap.Kind.DUPLICATE))
        .setEarlyCount(tally.gaps(Gap.Kind.EARLY))
        .setAlteredCount(tally.gaps(Gap.Kind.ALTERED))
        .build();
  }
}
