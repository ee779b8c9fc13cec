package io.carillon.master.rpc;

import io.carillon.common.schedule.BusinessDays;
import io.carillon.common.schedule.Occurrences;
import io.carillon.common.schedule.ScheduleSpec;
import io.carillon.common.schedule.SpecInterner;
import io.carillon.common.time.TimeSource;
import io.carillon.master.rpc.Specs.Checked;
import io.carillon.master.rpc.Specs.Place;
import io.carillon.master.store.StoredSchedule;
import io.carillon.v1.PreviewScheduleRequest;
import io.carillon.v1.PreviewScheduleResponse;
import io.carillon.v1.PreviewedTime;
import java.util.List;

/** Computes times of schedules and drafts for people to look at. */
final class Previews {

  private static final int MAX_COUNT = 1000;
  private static final int DEFAULT_COUNT = 10;
  private static final String DEFAULT_PARENT = "tenants/default";

  private final ScheduleChanges changes;
  private final Specs specs;
  private final SpecInterner interner;
  private final TimeSource time;

  Previews(ScheduleChanges changes, Specs specs, SpecInterner interner, TimeSource time) {
    this.changes = changes;
    this.specs = specs;
    this.interner = interner;
    this.time = time;
  }

  /**
   * What is looked at.
   *
   * @param uid of a stored schedule; 0 for a draft, which has none and so no jitter yet
   */
  private record Subject(String tenant, Checked checked, long uid) {

    long dueOf(long nominal) {
      return uid == 0 ? nominal : checked.times().dueOf(uid, nominal);
    }
  }

  PreviewScheduleResponse preview(PreviewScheduleRequest request) {
    if (request.getCount() < 0 || request.getCount() > MAX_COUNT) {
      throw ApiException.invalid(
          "count",
          "FIELD_OUT_OF_RANGE",
          "must be 1 to " + MAX_COUNT + ", or 0 for 10, or for 1000 with until_time");
    }
    long now = time.nowMicros();
    long after =
        request.hasAfterTime() ? Timestamps.micros("after_time", request.getAfterTime()) : now;
    long until =
        request.hasUntilTime()
            ? Timestamps.micros("until_time", request.getUntilTime())
            : Long.MAX_VALUE;
    if (until < after) {
      throw ApiException.invalid(
          "until_time", "FIELD_OUT_OF_RANGE", "must not be before after_time, or else now");
    }
    Subject subject = subject(request, now);
    if (request.hasSpec()) {
      NeverFires.refuse("spec", subject.checked(), request.hasAfterTime() ? Long.MIN_VALUE : now);
    }
    ScheduleSpec spec = subject.checked().spec();
    Descriptions.Description words = Descriptions.describe(spec, request.getLanguage());
    PreviewScheduleResponse.Builder response =
        PreviewScheduleResponse.newBuilder()
            .setSpec(SpecMessages.of(subject.tenant(), spec))
            .setDescription(words.text())
            .setLanguage(words.language())
            .setTzdbVersion(ScheduleSpec.tzdbVersion());
    int count = request.getCount();
    if (count == 0) {
      count = request.hasUntilTime() ? MAX_COUNT : DEFAULT_COUNT;
    }
    Occurrences times = request.getShowExcluded() ? withExcluded(spec) : subject.checked().times();
    Occurrences kept = subject.checked().times();
    long last = Math.min(until, kept.last());
    long at = after;
    for (int i = 0; i < count; i++) {
      at = Math.min(kept.nextAfter(at), times.nextAfter(at));
      if (at == Occurrences.NEVER || at > last) {
        break;
      }
      response.addTimes(shown(subject, at, kept.matches(at)));
    }
    return response.build();
  }

  private Subject subject(PreviewScheduleRequest request, long now) {
    return switch (request.getSubjectCase()) {
      case NAME -> {
        StoredSchedule stored = changes.find(request.getName());
        ScheduleSpec spec = ScheduleSpec.parse(stored.content().spec());
        yield new Subject(stored.tenant(), new Checked(spec, interner.intern(spec)), stored.num());
      }
      case SPEC -> {
        String parent = request.getParent();
        String tenant = changes.tenant(parent.isEmpty() ? DEFAULT_PARENT : parent);
        String id =
            request.getScheduleId().isEmpty()
                ? ""
                : ResourceName.checkId("schedule_id", request.getScheduleId());
        Place place = new Place("spec", tenant, id);
        yield new Subject(tenant, specs.check(place, request.getSpec(), null, now), 0);
      }
      case SUBJECT_NOT_SET ->
          throw ApiException.invalid("subject", "FIELD_REQUIRED", "give a name or a spec");
    };
  }

  /** The times of the rule between its bounds, whatever exclusions and calendars say. */
  private Occurrences withExcluded(ScheduleSpec spec) {
    return interner.intern(
        new ScheduleSpec(
            spec.rule(),
            spec.zone(),
            spec.startMicros(),
            spec.endMicros(),
            0,
            0,
            spec.gap(),
            spec.fold(),
            List.of(),
            BusinessDays.ALL,
            0));
  }

  private static PreviewedTime shown(Subject subject, long at, boolean fires) {
    PreviewedTime.Builder shown =
        PreviewedTime.newBuilder()
            .setNominalTime(Timestamps.of(at))
            .setLocalTime(LocalText.of(at, subject.checked().spec().zone()));
    if (fires) {
      shown.setDueTime(Timestamps.of(subject.dueOf(at)));
    }
    return shown.build();
  }
}
