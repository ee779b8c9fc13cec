package io.carillon.master.api.schedule;

import io.carillon.common.schedule.Occurrences;
import io.carillon.common.schedule.ScheduleSpec;
import io.carillon.common.schedule.SpecInterner;
import io.carillon.common.schedule.SpecNotes;
import io.carillon.common.time.TimeSource;
import io.carillon.common.words.Descriptions;
import io.carillon.common.words.LocalText;
import io.carillon.master.api.call.ApiException;
import io.carillon.master.api.call.Faults;
import io.carillon.master.api.call.ResourceName;
import io.carillon.master.api.call.Timestamps;
import io.carillon.master.api.spec.LastYear;
import io.carillon.master.api.spec.NeverFires;
import io.carillon.master.api.spec.NoteMessages;
import io.carillon.master.api.spec.SpecMessages;
import io.carillon.master.api.spec.SpecMessages.Place;
import io.carillon.master.api.spec.Specs;
import io.carillon.master.api.spec.Specs.Checked;
import io.carillon.master.core.StoredSchedule;
import io.carillon.v1.PreviewScheduleRequest;
import io.carillon.v1.PreviewScheduleResponse;
import io.carillon.v1.PreviewedTime;

/** PreviewSchedule: computes times of schedules and drafts for people to look at. */
final class PreviewCall {

  private static final int MAX_COUNT = 1000;
  private static final int DEFAULT_COUNT = 10;
  private static final String DEFAULT_PARENT = "tenants/default";

  private final ScheduleLookup schedules;
  private final Specs specs;
  private final SpecInterner interner;
  private final TimeSource time;

  PreviewCall(ScheduleLookup schedules, Specs specs, SpecInterner interner, TimeSource time) {
    this.schedules = schedules;
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
    Faults faults = new Faults();
    if (request.getCount() < 0 || request.getCount() > MAX_COUNT) {
      faults.add(
          ApiException.invalid(
              "count",
              "FIELD_OUT_OF_RANGE",
              "must be 1 to " + MAX_COUNT + ", or 0 for 10, or for 1000 with until_time"));
    }
    long now = time.nowMicros();
    long after =
        request.hasAfterTime()
            ? faults.in(
                () -> Timestamps.micros("after_time", request.getAfterTime()), Long.MIN_VALUE)
            : now;
    long until =
        request.hasUntilTime()
            ? faults.in(
                () -> Timestamps.micros("until_time", request.getUntilTime()), Long.MAX_VALUE)
            : Long.MAX_VALUE;
    if (until < after) {
      faults.add(
          ApiException.invalid(
              "until_time", "FIELD_OUT_OF_RANGE", "must not be before after_time, or else now"));
    }
    Subject subject = faults.in(() -> subject(request, now), null);
    faults.refuse();
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
    addTimes(response, subject, after, until, count, request.getShowExcluded());
    if (response.getTimesCount() < count && LastYear.ends(subject.checked(), after, until)) {
      response.setNote(LastYear.WORDS);
    }
    return response.build();
  }

  private void addTimes(
      PreviewScheduleResponse.Builder response,
      Subject subject,
      long after,
      long until,
      int count,
      boolean showExcluded) {
    ScheduleSpec spec = subject.checked().spec();
    Occurrences kept = subject.checked().times();
    Occurrences shown = showExcluded ? withExcluded(spec) : kept;
    SpecNotes notes = new SpecNotes(spec, kept);
    long last = Math.min(until, kept.last());
    boolean counted = spec.maxFires() > 0 && spec.startMicros() == Long.MIN_VALUE;
    long at = counted ? Math.max(after, spec.countFromMicros()) : after;
    for (int i = 0; i < count; i++) {
      at = shown.nextAfter(at);
      if (at == Occurrences.NEVER || at > last) {
        return;
      }
      PreviewedTime.Builder time =
          PreviewedTime.newBuilder()
              .setNominalTime(Timestamps.of(at))
              .setLocalTime(LocalText.of(at, spec.zone()))
              .addAllNotes(NoteMessages.of(notes.of(subject.uid(), at)));
      if (!showExcluded || kept.matches(at)) {
        time.setDueTime(Timestamps.of(subject.dueOf(at)));
      }
      response.addTimes(time);
    }
  }

  private Subject subject(PreviewScheduleRequest request, long now) {
    return switch (request.getSubjectCase()) {
      case NAME -> {
        StoredSchedule stored = schedules.find(request.getName());
        ScheduleSpec spec = ScheduleSpec.parse(stored.content().spec());
        yield new Subject(stored.tenant(), specs.of(spec), stored.num());
      }
      case SPEC -> {
        Faults faults = new Faults();
        String parent = request.getParent();
        String tenant =
            faults.in(() -> schedules.tenant(parent.isEmpty() ? DEFAULT_PARENT : parent), null);
        String id =
            request.getScheduleId().isEmpty()
                ? ""
                : faults.in(() -> ResourceName.checkId("schedule_id", request.getScheduleId()), "");
        Place place = new Place("spec", tenant, id);
        Checked checked =
            faults.in(() -> SpecMessages.read(specs, place, request.getSpec(), null, now), null);
        faults.refuse();
        yield new Subject(tenant, checked, 0);
      }
      case SUBJECT_NOT_SET ->
          throw ApiException.invalid("subject", "FIELD_REQUIRED", "give a name or a spec");
    };
  }

  /** Also the times that exclusions and calendars leave out, which do not count as fires. */
  private Occurrences withExcluded(ScheduleSpec spec) {
    ScheduleSpec all = spec.withoutExclusions();
    return interner.intern(
        new ScheduleSpec(
            all.rule(),
            all.zone(),
            all.startMicros(),
            all.endMicros(),
            0,
            0,
            all.gap(),
            all.fold(),
            all.exclusions(),
            all.businessDays(),
            0));
  }
}
