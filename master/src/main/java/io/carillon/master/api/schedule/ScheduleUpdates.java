package io.carillon.master.api.schedule;

import io.carillon.common.time.TimeSource;
import io.carillon.master.api.schedule.ScheduleChanges.Change;
import io.carillon.master.api.schedule.ScheduleDrafts.Draft;
import io.carillon.master.core.Mutation.Content;
import io.carillon.master.store.schedules.ScheduleWrite;
import io.carillon.master.store.schedules.StoredSchedule;
import io.carillon.v1.Schedule;
import java.util.Set;

/** What it comes to when the content of one schedule is changed. */
public final class ScheduleUpdates {

  private final ScheduleDrafts drafts;
  private final TimeSource time;

  public ScheduleUpdates(ScheduleDrafts drafts, TimeSource time) {
    this.drafts = drafts;
    this.time = time;
  }

  /** Changes these fields; no change if that makes no difference. */
  Change update(StoredSchedule before, Schedule given, Set<String> paths, boolean validateOnly) {
    long now = time.nowMicros();
    boolean paused = before.isPausedAt(now);
    long validFrom = paused ? before.pause().until() : Content.EFFECTIVE;
    Draft draft = drafts.update(before, given, paths, validFrom, now);
    if (validateOnly || draft.schedule().content().isSameAs(before.content())) {
      return new Change(draft.schedule(), null);
    }
    // A pause that has ended by itself is forgotten with the first change after it.
    StoredSchedule after =
        paused ? draft.schedule() : draft.schedule().withState(StoredSchedule.ACTIVE);
    boolean opens = !paused || before.pause().until() != Long.MAX_VALUE;
    return new Change(
        after,
        ScheduleWrites.change(
            ScheduleWrite.of(after, true), opens ? draft.content() : null, false));
  }

  /** Takes the spec's calendars as they are now; no change if it has them already. */
  public Change renew(StoredSchedule before) {
    return update(before, Schedule.getDefaultInstance(), Set.of(), false);
  }
}
