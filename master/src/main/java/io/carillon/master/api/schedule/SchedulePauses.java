package io.carillon.master.api.schedule;

import com.google.rpc.Code;
import io.carillon.common.schedule.ScheduleSpec;
import io.carillon.common.time.TimeSource;
import io.carillon.master.api.call.ApiException;
import io.carillon.master.api.call.ResourceName;
import io.carillon.master.api.schedule.ScheduleChanges.Change;
import io.carillon.master.core.Mutation;
import io.carillon.master.core.Mutation.Content;
import io.carillon.master.core.Revision;
import io.carillon.master.core.ScheduleState;
import io.carillon.master.core.StoredSchedule;
import io.carillon.master.core.StoredSchedule.Pause;
import io.carillon.master.store.schedules.Revisions;
import java.util.Map;

/** What it comes to when one schedule is paused or resumed. */
final class SchedulePauses {

  private final ScheduleDrafts drafts;
  private final Revisions revisions;
  private final TimeSource time;

  SchedulePauses(ScheduleDrafts drafts, Revisions revisions, TimeSource time) {
    this.drafts = drafts;
    this.revisions = revisions;
    this.time = time;
  }

  /**
   * Pauses: closes the revision in force, and opens the one after the pause at once if it has an
   * end. No change if the pause is over already.
   *
   * @throws ApiException FAILED_PRECONDITION (ALREADY_PAUSED)
   */
  Change pause(StoredSchedule before, Pause pause) {
    long now = time.nowMicros();
    if (before.isPausedAt(now)) {
      throw wrongState("ALREADY_PAUSED", before, "is paused already");
    }
    if (pause.until() <= now) {
      return new Change(before, null);
    }
    if (pause.until() == Long.MAX_VALUE) {
      StoredSchedule after = before.paused(pause);
      return change(after, null);
    }
    ScheduleDrafts.Draft after = drafts.renewed(before.paused(pause), pause.until());
    return change(after.schedule(), after.content());
  }

  /**
   * Resumes: what it is now holds from the effective time on, or with {@code catchUp} from where
   * the pause began.
   *
   * @throws ApiException FAILED_PRECONDITION (NOT_PAUSED), also if its pause has ended by itself
   */
  Change resume(StoredSchedule before, boolean catchUp) {
    long now = time.nowMicros();
    if (!before.isPausedAt(now)) {
      throw wrongState("NOT_PAUSED", before, "is not paused");
    }
    long from = catchUp ? before.pause().since() : Content.EFFECTIVE;
    ScheduleDrafts.Draft after = drafts.renewed(before.withState(ScheduleState.ACTIVE), from);
    Content opens = after.content();
    if (opens.times().jitterMicros() > 0) {
      opens = opens.after(ownedUpTo(before));
    }
    return change(after.schedule(), opens);
  }

  /** As {@link Content#ownedUpTo}. What ended with the pause, or before, stays as it is. */
  private long ownedUpTo(StoredSchedule paused) {
    return revisions
        .lastEnded(paused.num(), paused.pause().since())
        .map(
            row ->
                new Revision(
                        row.schedule(),
                        row.version(),
                        row.validFrom(),
                        row.validTo(),
                        paused.version(),
                        row.spec(),
                        ScheduleSpec.parse(row.spec()).compile(),
                        row.catchUp(),
                        paused.content().destination(),
                        row.nominalAfter())
                    .handsOn())
        .orElse(Content.UNKNOWN);
  }

  private static Change change(StoredSchedule after, Content opens) {
    return new Change(after, new Mutation(after, opens, false));
  }

  private static ApiException wrongState(String reason, StoredSchedule schedule, String text) {
    String name = ResourceName.schedule(schedule.tenant(), schedule.id());
    return ApiException.of(
        Code.FAILED_PRECONDITION, reason, name + " " + text, Map.of("name", name));
  }
}
