package io.carillon.master.rpc;

import io.carillon.common.schedule.Occurrences;
import io.carillon.common.schedule.ScheduleSpec;
import io.carillon.master.store.Revisions;
import io.carillon.v1.ExplainFireResponse;
import io.carillon.v1.TimeNote;
import java.util.List;

/**
 * A time and what a revision has to say of it.
 *
 * @param due nominal time and jitter; the time itself if the spec does not have it
 * @param ruleIndex which rule of a union has it, from 0
 * @param text sentences: rule, zone and offset, policy, jitter, or why it is left out
 */
record ExplainedTime(
    String tenant,
    Revisions.Row revision,
    ScheduleSpec spec,
    Occurrences times,
    long nominal,
    boolean isTime,
    boolean isExcluded,
    long due,
    int ruleIndex,
    List<TimeNote> notes,
    String text) {

  static ExplainedTime of(String tenant, Revisions.Row revision, long nominal) {
    ScheduleSpec spec = ScheduleSpec.parse(revision.spec());
    Occurrences times = spec.compile();
    boolean isTime = times.matches(nominal);
    TimeNotes.Explanation said = TimeNotes.explain(spec, revision.schedule(), nominal);
    return new ExplainedTime(
        tenant,
        revision,
        spec,
        times,
        nominal,
        isTime,
        said.isExcluded(),
        isTime ? times.dueOf(revision.schedule(), nominal) : nominal,
        said.ruleIndex(),
        said.notes(),
        said.text());
  }

  /** All but the verdict, its summary and the record. */
  ExplainFireResponse.Builder response() {
    ExplainFireResponse.Builder response =
        ExplainFireResponse.newBuilder()
            .setVersion(revision.version())
            .setSpec(SpecMessages.of(tenant, spec))
            .setTzdbVersion(revision.tzdbVersion())
            .setLocalTime(LocalText.of(nominal, spec.zone()))
            .setRuleIndex(ruleIndex)
            .addAllNotes(notes);
    if (isTime) {
      response.setDueTime(Timestamps.of(due));
    }
    long previous = times.previousBefore(nominal);
    if (previous != Occurrences.NEVER_BEFORE) {
      response.setPreviousTime(Timestamps.of(previous));
    }
    long next = times.nextAfter(nominal);
    if (next != Occurrences.NEVER) {
      response.setNextTime(Timestamps.of(next));
    }
    return response;
  }
}
