package io.carillon.master.store;

import java.util.Arrays;
import java.util.Map;

/**
 * A schedule with its latest content, as it is stored. Times in microseconds.
 *
 * @param revisionVersion version of the revision that holds the content; the revision may be closed
 */
public record StoredSchedule(
    long num,
    String tenant,
    String id,
    int partition,
    Content content,
    int state,
    String pauseReason,
    long version,
    long revisionVersion,
    long createTime,
    long updateTime,
    long effectiveTime) {

  public static final int ACTIVE = 1;
  public static final int PAUSED = 2;
  public static final int DELETED = 4;

  /**
   * What a client can change by an update.
   *
   * @param spec canonical text
   * @param endsAt after it the spec has no time
   */
  public record Content(
      String displayName,
      Map<String, String> labels,
      String spec,
      long endsAt,
      long catchUpWindow,
      int destination,
      String destinationId,
      byte[] payload,
      String payloadType) {

    public boolean isSameAs(Content other) {
      return displayName.equals(other.displayName)
          && labels.equals(other.labels)
          && spec.equals(other.spec)
          && catchUpWindow == other.catchUpWindow
          && destination == other.destination
          && Arrays.equals(payload, other.payload)
          && payloadType.equals(other.payloadType);
    }
  }

  /** One that does not exist yet. */
  public static StoredSchedule draft(String tenant, String id, Content content) {
    return new StoredSchedule(0, tenant, id, 0, content, ACTIVE, "", 0, 0, 0, 0, 0);
  }

  /** The same, as a new schedule gets its number. */
  public StoredSchedule numbered(long newNum, int newPartition, String newId) {
    return new StoredSchedule(
        newNum,
        tenant,
        newId,
        newPartition,
        content,
        state,
        pauseReason,
        version,
        revisionVersion,
        createTime,
        updateTime,
        effectiveTime);
  }

  /** The same with another state. */
  public StoredSchedule withState(int newState, String reason) {
    return new StoredSchedule(
        num,
        tenant,
        id,
        partition,
        content,
        newState,
        reason,
        version,
        revisionVersion,
        createTime,
        updateTime,
        effectiveTime);
  }

  /** The same with another content. */
  public StoredSchedule withContent(Content newContent) {
    return new StoredSchedule(
        num,
        tenant,
        id,
        partition,
        newContent,
        state,
        pauseReason,
        version,
        revisionVersion,
        createTime,
        updateTime,
        effectiveTime);
  }

  /** The same after a mutation took its place. */
  public StoredSchedule at(long newVersion, long contentVersion, long effective) {
    return new StoredSchedule(
        num,
        tenant,
        id,
        partition,
        content,
        state,
        pauseReason,
        newVersion,
        contentVersion,
        createTime == 0 ? effective : createTime,
        effective,
        effective);
  }
}
