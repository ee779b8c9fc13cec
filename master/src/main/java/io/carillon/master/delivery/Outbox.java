package io.carillon.master.delivery;

import com.google.protobuf.Timestamp;
import io.carillon.common.fire.FireId;
import io.carillon.common.fire.FireKind;
import io.carillon.master.core.delivery.Fires;
import io.carillon.master.delivery.ScheduleDirectory.Content;
import io.carillon.master.delivery.ScheduleDirectory.Key;
import io.carillon.v1.DeliveredFire;
import io.carillon.v1.SubscribeResponse;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * The fires that a subscriber is being sent. They wait here as columns until the stream can take
 * them, so one that does not read costs the columns of one batch and one message, and no more.
 */
final class Outbox {

  private static final int MESSAGE_BYTES = 256 << 10;
  // Ids, times and numbers of a fire on the wire.
  private static final int FIRE_BYTES = 120;

  /** Why a pump came to its end. */
  enum Pumped {
    EMPTY,
    STREAM_FULL,
    CONTENT_MISSING
  }

  private final ScheduleDirectory directory;
  private Fires fires = new Fires(1);
  private int next;
  // Of the load before: the cache may have dropped them already.
  private Map<Key, Content> loaded = Map.of();

  Outbox(ScheduleDirectory directory) {
    this.directory = directory;
  }

  /** Takes a batch; the one before must be sent. */
  void start(Fires batch) {
    fires = batch;
    next = 0;
  }

  Fires fires() {
    return fires;
  }

  /** From which row on the batch has not been put on the stream. */
  int unsent() {
    return next;
  }

  Pumped pump(SubscriberLink link) {
    while (next < fires.size()) {
      if (!link.isReady()) {
        return Pumped.STREAM_FULL;
      }
      SubscribeResponse.Builder message = SubscribeResponse.newBuilder();
      int bytes = 0;
      while (next < fires.size() && bytes < MESSAGE_BYTES) {
        Content content = content(new Key(fires.schedule[next], fires.version[next]));
        if (content == null) {
          break;
        }
        message.addFires(encode(fires, next, content));
        bytes += FIRE_BYTES + content.name().length() + content.payload().size();
        next++;
      }
      if (message.getFiresCount() == 0) {
        return Pumped.CONTENT_MISSING;
      }
      link.send(message.build());
    }
    loaded = Map.of();
    return Pumped.EMPTY;
  }

  private Content content(Key key) {
    Content content = loaded.get(key);
    return content == null ? directory.get(key) : content;
  }

  /** What is missing of the rest of the batch. */
  Set<Key> missing() {
    Set<Key> missing = new LinkedHashSet<>();
    for (int row = next; row < fires.size(); row++) {
      Key key = new Key(fires.schedule[row], fires.version[row]);
      if (content(key) == null) {
        missing.add(key);
      }
    }
    return missing;
  }

  void onLoaded(Map<Key, Content> contents) {
    loaded = contents;
  }

  private static DeliveredFire encode(Fires fires, int row, Content content) {
    long nominal = fires.nominalMicros[row];
    FireId id = FireId.ofCode(fires.schedule[row], nominal, fires.kind[row]);
    return DeliveredFire.newBuilder()
        .setSeq(fires.seq[row])
        .setFireId(id.toString())
        .setSchedule(content.name())
        .setNominalTime(timestamp(nominal))
        .setRecordTime(timestamp(fires.recordedAtMicros[row]))
        .setAttempt(fires.attempt[row])
        .setManual(id.kind() == FireKind.MANUAL)
        .setBackfill(id.backfill())
        .setPayload(content.payload())
        .setPayloadType(content.payloadType())
        .setVersion(fires.version[row])
        .setPartition(fires.partition[row])
        .setPartitionEpoch(fires.epoch[row])
        .build();
  }

  private static Timestamp timestamp(long micros) {
    return Timestamp.newBuilder()
        .setSeconds(Math.floorDiv(micros, 1_000_000L))
        .setNanos((int) Math.floorMod(micros, 1_000_000L) * 1_000)
        .build();
  }
}
