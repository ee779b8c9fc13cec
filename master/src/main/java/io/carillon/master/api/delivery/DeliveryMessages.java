package io.carillon.master.api.delivery;

import com.google.protobuf.UnsafeByteOperations;
import io.carillon.common.fire.FireId;
import io.carillon.common.fire.FireKind;
import io.carillon.master.api.call.Timestamps;
import io.carillon.master.core.delivery.Fires;
import io.carillon.master.delivery.Batch;
import io.carillon.master.delivery.FireContent;
import io.carillon.v1.DeliveredFire;
import io.carillon.v1.SubscribeResponse;

/** Batches of fires as messages. */
final class DeliveryMessages {

  private DeliveryMessages() {}

  static SubscribeResponse message(Batch batch) {
    SubscribeResponse.Builder message = SubscribeResponse.newBuilder();
    for (int row = batch.from(); row < batch.to(); row++) {
      message.addFires(fire(batch.fires(), row, batch.content(row)));
    }
    return message.build();
  }

  private static DeliveredFire fire(Fires fires, int row, FireContent content) {
    long nominal = fires.nominalMicros[row];
    FireId id = FireId.ofCode(fires.schedule[row], nominal, fires.kind[row]);
    return DeliveredFire.newBuilder()
        .setSeq(fires.seq[row])
        .setFireId(id.toString())
        .setSchedule(content.schedule())
        .setNominalTime(Timestamps.of(nominal))
        .setRecordTime(Timestamps.of(fires.recordedAtMicros[row]))
        .setAttempt(fires.attempt[row])
        .setManual(id.kind() == FireKind.MANUAL)
        .setBackfill(id.backfill())
        .setPayload(UnsafeByteOperations.unsafeWrap(content.payload()))
        .setPayloadType(content.payloadType())
        .setVersion(fires.version[row])
        .setPartition(fires.partition[row])
        .setPartitionEpoch(fires.epoch[row])
        .build();
  }
}
