package io.carillon.master.store;

import java.util.Arrays;
import java.util.Map;

/**
 * A schedule with its latest content, as it is stored. Times in microseconds.
 *
 * @param revisionVersion version of the revision that holds the content; the revision may be closed
 * @param spec canonical text
 * @param endsAt after it the spec has no time
 */
public record StoredSchedule(
    long num,
    String tenant,
    String id,
    int partition,
    String displayName,
    Map<String, String> labels,
    int state,
    String pauseReason,
    long version,
    long revisionVersion,
    long createTime,
    long updateTime,
    long effectiveTime,
    long endsAt,
    String spec,
    long catchUpWindow,
    int destination,
    String destinationId,
    byte[] payload,
    String payloadType) {

  public static final int ACTIVE = 1;
  public static final int PAUSED = 2;
  public static final int DELETED = 4;

  /** The same, as a new schedule gets its number. */
  public StoredSchedule numbered(long newNum, int newPartition, String newId) {
    return new StoredSchedule(
        newNum,
        tenant,
        newId,
        newPartition,
        displayName,
        labels,
        state,
        pauseReason,
        version,
        revisionVersion,
        createTime,
        updateTime,
        effectiveTime,
        endsAt,
        spec,
        catchUpWindow,
        destination,
        destinationId,
        payload,
        payloadType);
  }

  /** Whether everything that a client can change is the same. */
  public boolean equalContent(StoredSchedule other) {
    return displayName.equals(other.displayName)
        && labels.equals(other.labels)
        && spec.equals(other.spec)
        && catchUpWindow == other.catchUpWindow
        && destination == other.destination
        && Arrays.equals(payload, other.payload)
        && payloadType.equals(other.payloadType);
  }

  /** The same with another state. */
  public StoredSchedule withState(int newState, String reason) {
    return new StoredSchedule(
        num,
        tenant,
        id,
        partition,
        displayName,
        labels,
        newState,
        reason,
        version,
        revisionVersion,
        createTime,
        updateTime,
        effectiveTime,
        endsAt,
        spec,
        catchUpWindow,
        destination,
        destinationId,
        payload,
        payloadType);
  }

  /** The same after a mutation took its place. */
  public StoredSchedule at(long newVersion, long contentVersion, long effective) {
    return new StoredSchedule(
        num,
        tenant,
        id,
        partition,
        displayName,
        labels,
        state,
        pauseReason,
        newVersion,
        contentVersion,
        createTime == 0 ? effective : createTime,
        effective,
        effective,
        endsAt,
        spec,
        catchUpWindow,
        destination,
        destinationId,
        payload,
        payloadType);
  }
}
