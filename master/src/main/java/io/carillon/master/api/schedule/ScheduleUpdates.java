package io.carillon.master.api.schedule;

import io.carillon.common.time.TimeSource;
import io.carillon.master.api.schedule.ScheduleChanges.Change;
import io.carillon.master.api.schedule.ScheduleDrafts.Draft;
import io.carillon.master.api.schedule.ScheduleDrafts.NextDraft;
import io.carillon.master.core.Mutation;
import io.carillon.master.core.Mutation.Content;
import io.carillon.master.core.ScheduleState;
import io.carillon.master.core.StoredSchedule;

/** What it comes to when the content of one schedule is changed. */
public final class ScheduleUpdates {

  private final ScheduleDrafts drafts;
  private final TimeSource time;

  public ScheduleUpdates(ScheduleDrafts drafts, TimeSource time) {
    this.drafts = drafts;
    this.time = time;
  }

  /** Makes of it what is wanted; no change if that makes no difference. */
  Change update(StoredSchedule before, NextDraft wanted, boolean validateOnly) {
    long now = time.nowMicros();
    boolean paused = before.isPausedAt(now);
    Draft draft = wanted.of(before, paused ? before.pause().until() : Content.EFFECTIVE, now);
    if (validateOnly || draft.schedule().content().isSameAs(before.content())) {
      return new Change(draft.schedule(), null);
    }
    // A pause that has ended by itself is forgotten with the first change after it.
    StoredSchedule after =
        paused ? draft.schedule() : draft.schedule().withState(ScheduleState.ACTIVE);
    boolean opens = !paused || before.pause().until() != Long.MAX_VALUE;
    return new Change(after, new Mutation(after, opens ? draft.content() : null, true));
  }

  /** Takes the spec's calendars as they are now; no change if it has them already. */
  public Change renew(StoredSchedule before) {
    return update(before, (same, validFrom, now) -> drafts.renewed(same, validFrom), false);
  }
}
