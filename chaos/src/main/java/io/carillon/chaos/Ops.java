package io.carillon.chaos;

import com.google.protobuf.FieldMask;
import com.google.protobuf.util.Timestamps;
import io.carillon.bench.load.WallClock;
import io.carillon.chaos.Op.Outcome;
import io.carillon.client.CarillonClient;
import io.carillon.v1.DeleteScheduleRequest;
import io.carillon.v1.PauseScheduleRequest;
import io.carillon.v1.ResumeScheduleRequest;
import io.carillon.v1.Schedule;
import io.carillon.v1.TriggerScheduleRequest;
import io.carillon.v1.TriggerScheduleResponse;
import io.carillon.v1.UpdateScheduleRequest;

/** Operations as calls, and answers as operations. */
final class Ops {

  private static final FieldMask ALL = FieldMask.newBuilder().addPaths("*").build();

  private Ops() {}

  /** Makes the call of a change; null is the answer to a deletion. */
  static Schedule call(CarillonClient client, Slot slot, Op op) {
    String etag = Long.toString(slot.version);
    return switch (op.type()) {
      case UPDATE ->
          client
              .schedules()
              .updateSchedule(
                  UpdateScheduleRequest.newBuilder()
                      .setSchedule(
                          SpecWire.schedule(op.definition()).setName(slot.name()).setEtag(etag))
                      .setUpdateMask(ALL)
                      .build());
      case PAUSE -> {
        PauseScheduleRequest.Builder request =
            PauseScheduleRequest.newBuilder().setName(slot.name()).setEtag(etag);
        if (op.until() != Op.NONE) {
          request.setUntilTime(Timestamps.fromMicros(op.until()));
        }
        yield client.schedules().pauseSchedule(request.build());
      }
      case RESUME ->
          client
              .schedules()
              .resumeSchedule(
                  ResumeScheduleRequest.newBuilder()
                      .setName(slot.name())
                      .setEtag(etag)
                      .setCatchUp(op.catchUp())
                      .build());
      case DELETE -> {
        var unused =
            client
                .schedules()
                .deleteSchedule(
                    DeleteScheduleRequest.newBuilder().setName(slot.name()).setEtag(etag).build());
        yield null;
      }
      default -> throw new IllegalArgumentException(op.toString());
    };
  }

  static TriggerScheduleResponse trigger(CarillonClient client, Slot slot) {
    return client
        .schedules()
        .triggerSchedule(TriggerScheduleRequest.newBuilder().setName(slot.name()).build());
  }

  static Op until(Op op, long until) {
    return copy(op, op.ended(), op.outcome(), op.uid(), 0, Op.NONE, until, false, Op.NONE, "");
  }

  static Op catchingUp(Op op) {
    return copy(op, op.ended(), op.outcome(), op.uid(), 0, Op.NONE, Op.NONE, true, Op.NONE, "");
  }

  static Op triggered(Op op, long nominal) {
    return copy(
        op, WallClock.nowMicros(), Outcome.OK, op.uid(), 0, Op.NONE, Op.NONE, false, nominal, "");
  }

  static Op ended(Op op, Outcome outcome, Schedule answer, String said) {
    boolean answered = answer != null;
    return copy(
        op,
        WallClock.nowMicros(),
        outcome,
        answered ? Long.parseLong(answer.getUid()) : op.uid(),
        answered ? answer.getVersion() : 0,
        answered ? Timestamps.toMicros(answer.getEffectiveTime()) : Op.NONE,
        op.until(),
        op.catchUp(),
        Op.NONE,
        said);
  }

  private static Op copy(
      Op op,
      long ended,
      Outcome outcome,
      long uid,
      long version,
      long effective,
      long until,
      boolean catchUp,
      long nominal,
      String said) {
    return new Op(
        op.number(),
        op.type(),
        op.schedule(),
        op.invoked(),
        ended,
        outcome,
        uid,
        version,
        effective,
        op.definition(),
        until,
        catchUp,
        nominal,
        said);
  }
}
