package io.carillon.master.rpc;

import com.google.protobuf.ByteString;
import io.carillon.common.schedule.Occurrences;
import io.carillon.common.schedule.ScheduleSpec;
import io.carillon.common.schedule.SpecInterner;
import io.carillon.master.store.StoredSchedule;
import io.carillon.v1.CatchUp;
import io.carillon.v1.Schedule;

/** Schedules as the API shows them. */
final class ScheduleMessages {

  private final SpecInterner interner;

  ScheduleMessages(SpecInterner interner) {
    this.interner = interner;
  }

  Schedule of(StoredSchedule stored, long now) {
    Schedule.Builder message =
        Schedule.newBuilder()
            .setName(ResourceName.schedule(stored.tenant(), stored.id()))
            .setDisplayName(stored.content().displayName())
            .putAllLabels(stored.content().labels())
            .setSpec(Specs.message(ScheduleSpec.parse(stored.content().spec())))
            .setDestination(
                ResourceName.destination(stored.tenant(), stored.content().destinationId()))
            .setPayload(ByteString.copyFrom(stored.content().payload()))
            .setPayloadType(stored.content().payloadType())
            .setCatchUp(
                CatchUp.newBuilder()
                    .setMode(CatchUp.Mode.ALL)
                    .setWindow(Timestamps.duration(stored.content().catchUp().windowMicros())))
            .setPauseReason(stored.pause().reason());
    if (stored.state() == StoredSchedule.PAUSED) {
      message.setState(Schedule.State.PAUSED);
    } else {
      long next =
          interner.intern(stored.content().spec()).nextAfter(Math.max(now, stored.effectiveTime()));
      message.setState(
          next == Occurrences.NEVER ? Schedule.State.COMPLETED : Schedule.State.ACTIVE);
      if (next != Occurrences.NEVER) {
        message.setNextTime(Timestamps.of(next));
      }
    }
    if (stored.version() != 0) {
      message
          .setUid(Long.toString(stored.num()))
          .setVersion(stored.version())
          .setEtag(Long.toString(stored.version()))
          .setCreateTime(Timestamps.of(stored.createTime()))
          .setUpdateTime(Timestamps.of(stored.updateTime()))
          .setEffectiveTime(Timestamps.of(stored.effectiveTime()));
    }
    return message.build();
  }
}
