package io.carillon.master.api.fire;

import io.carillon.common.schedule.Occurrences;
import io.carillon.common.schedule.ScheduleSpec;
import io.carillon.common.schedule.SpecNotes;
import io.carillon.common.schedule.SpecNotes.Explained;
import io.carillon.common.schedule.SpecNotes.TimeNote;
import io.carillon.common.schedule.SpecNotes.Verdict;
import io.carillon.master.store.schedules.Revisions;
import java.util.List;

/**
 * A time, and what the revision of a schedule has to say of it.
 *
 * @param said whether the spec has it, and why
 */
record ExplainedTime(
    Revisions.Row revision,
    ScheduleSpec spec,
    Occurrences times,
    long nominal,
    Explained said,
    List<TimeNote> notes) {

  static ExplainedTime of(Revisions.Row revision, long nominal) {
    ScheduleSpec spec = ScheduleSpec.parse(revision.spec());
    SpecNotes notes = new SpecNotes(spec);
    return new ExplainedTime(
        revision,
        spec,
        spec.compile(),
        nominal,
        notes.explain(nominal),
        notes.of(revision.schedule(), nominal));
  }

  boolean isTime() {
    return said.verdict() == Verdict.A_TIME;
  }

  /** The nominal time and its jitter; the time itself if the spec does not have it. */
  long due() {
    return isTime() ? times.dueOf(revision.schedule(), nominal) : nominal;
  }

  /** Sentences: rule, zone and offset, policy, jitter, or why it is left out. */
  String text() {
    StringBuilder text = new StringBuilder(said.text());
    for (TimeNote note : notes) {
      // What leaves it out is said already.
      if (note.kind() != SpecNotes.Kind.EXCLUDED) {
        text.append(' ').append(note.text());
      }
    }
    return text.toString();
  }
}
