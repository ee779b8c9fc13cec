package io.carillon.clocknode.rpc;

import io.carillon.clocknode.core.FireBatch;
import io.carillon.cluster.v1.PushFiresRequest;
import java.util.TreeMap;

/** Messages of pending batches, so that each is built once however often it is sent. */
final class BatchMessages {

  private record Built(FireBatch batch, PushFiresRequest message) {}

  private final TreeMap<Long, Built> built = new TreeMap<>();

  PushFiresRequest of(FireBatch batch) {
    Built earlier = built.get(batch.number());
    if (earlier != null && earlier.batch == batch) {
      return earlier.message;
    }
    PushFiresRequest message = Wire.message(batch);
    built.put(batch.number(), new Built(batch, message));
    return message;
  }

  /** All up to this number are acknowledged. */
  void forget(long number) {
    built.headMap(number, true).clear();
  }
}
