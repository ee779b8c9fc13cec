package io.carillon.master.api.schedule;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import io.carillon.common.schedule.Occurrences;
import io.carillon.common.schedule.ScheduleSpec;
import io.carillon.common.schedule.SpecInterner;
import io.carillon.master.api.call.ResourceName;
import io.carillon.master.api.call.Timestamps;
import io.carillon.master.api.schedule.ScheduleCreation.Created;
import io.carillon.master.api.schedule.ScheduleDrafts.Draft;
import io.carillon.master.api.spec.SpecMessages;
import io.carillon.master.core.StoredSchedule;
import io.carillon.master.core.StoredSchedule.Pause;
import io.carillon.v1.Schedule;

/** Schedules as the API shows them. */
final class ScheduleMessages {

  private final SpecInterner interner;

  ScheduleMessages(SpecInterner interner) {
    this.interner = interner;
  }

  Schedule of(StoredSchedule stored, long now) {
    String spec = stored.content().spec();
    return of(stored, ScheduleSpec.parse(spec), interner.intern(spec), now);
  }

  /** Of what was made from a draft: its spec need not be read again. */
  private static Schedule of(StoredSchedule stored, Draft draft, long now) {
    return of(stored, draft.spec(), draft.content().times(), now);
  }

  Schedule of(Created created, long now) {
    return created.draft() == null
        ? of(created.schedule(), now)
        : of(created.schedule(), created.draft(), now);
  }

  private static Schedule of(
      StoredSchedule stored, ScheduleSpec spec, Occurrences times, long now) {
    Schedule.Builder message =
        Schedule.newBuilder()
            .setName(ResourceName.schedule(stored.tenant(), stored.id()))
            .setDisplayName(stored.content().displayName())
            .putAllLabels(stored.content().labels())
            .setSpec(SpecMessages.of(stored.tenant(), spec))
            .setDestination(
                ResourceName.destination(stored.tenant(), stored.content().destinationId()))
            .setPayload(ByteString.copyFrom(stored.content().payload()))
            .setPayloadType(stored.content().payloadType())
            .setCatchUp(CatchUpMessages.message(stored.content().catchUp()))
            .setTzdbVersion(stored.tzdbVersion());
    if (stored.isPausedAt(now)) {
      pause(stored.pause(), message);
    } else {
      message.setState(Schedule.State.ACTIVE);
    }
    next(stored, times, now, message);
    if (stored.version() != 0) {
      Timestamp created = Timestamps.of(stored.createTime());
      message
          .setUid(Long.toString(stored.num()))
          .setVersion(stored.version())
          .setEtag(Long.toString(stored.version()))
          .setCreateTime(created)
          .setUpdateTime(
              stored.updateTime() == stored.createTime()
                  ? created
                  : Timestamps.of(stored.updateTime()))
          .setEffectiveTime(
              stored.effectiveTime() == stored.createTime()
                  ? created
                  : Timestamps.of(stored.effectiveTime()));
    }
    return message.build();
  }

  private static void pause(Pause pause, Schedule.Builder message) {
    message.setState(Schedule.State.PAUSED).setPauseReason(pause.reason()).setPausedBy(pause.by());
    if (pause.until() != Long.MAX_VALUE) {
      message.setPausedUntil(Timestamps.of(pause.until()));
    }
    if (pause.operation() != 0) {
      message.setPauseOperation(ResourceName.operation(pause.operation()));
    }
  }

  private static void next(
      StoredSchedule stored, Occurrences times, long now, Schedule.Builder message) {
    boolean paused = stored.isPausedAt(now);
    if (paused && stored.pause().until() == Long.MAX_VALUE) {
      return;
    }
    long after = Math.max(paused ? stored.pause().until() : now, stored.effectiveTime());
    long next = times.nextAfter(after);
    if (next != Occurrences.NEVER) {
      message.setNextTime(Timestamps.of(next));
    } else if (!paused && times.nextDueAfter(stored.num(), after) == Occurrences.NEVER) {
      message.setState(Schedule.State.COMPLETED);
    }
  }
}
