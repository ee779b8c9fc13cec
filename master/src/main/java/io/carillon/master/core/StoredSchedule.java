package io.carillon.master.core;

import io.carillon.common.schedule.CatchUp;
import io.carillon.common.schedule.ScheduleSpec;
import java.util.Arrays;
import java.util.Map;

/**
 * A schedule with its latest content, as it is stored. Times in microseconds.
 *
 * @param revisionVersion version of the revision that holds the content; the revision may be closed
 * @param tzdbVersion of the time zone rules under which that revision was made
 */
public record StoredSchedule(
    long num,
    String tenant,
    String id,
    int partition,
    Content content,
    ScheduleState state,
    Pause pause,
    long version,
    long revisionVersion,
    long createTime,
    long updateTime,
    long effectiveTime,
    String tzdbVersion) {

  /**
   * Why and until when a schedule does not fire.
   *
   * @param since the effective time of the pause; 0 as long as that is not known
   * @param until it fires again after this time; {@link Long#MAX_VALUE} if it must be resumed
   * @param operation number of the operation that paused it, 0 if none did
   */
  public record Pause(String reason, String by, long since, long until, long operation) {

    public static final Pause NONE = new Pause("", "", 0, Long.MAX_VALUE, 0);

    Pause since(long effective) {
      return new Pause(reason, by, effective, until, operation);
    }
  }

  /** Whether it is paused at a time: a pause may have an end. */
  public boolean isPausedAt(long now) {
    return state == ScheduleState.PAUSED && now < pause.until();
  }

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
      CatchUp catchUp,
      int destination,
      String destinationId,
      byte[] payload,
      String payloadType) {

    public boolean isSameAs(Content other) {
      return displayName.equals(other.displayName)
          && labels.equals(other.labels)
          && spec.equals(other.spec)
          && catchUp.equals(other.catchUp)
          && destination == other.destination
          && Arrays.equals(payload, other.payload)
          && payloadType.equals(other.payloadType);
    }
  }

  /** One that does not exist yet. */
  public static StoredSchedule draft(String tenant, String id, Content content) {
    return new StoredSchedule(
        0,
        tenant,
        id,
        0,
        content,
        ScheduleState.ACTIVE,
        Pause.NONE,
        0,
        0,
        0,
        0,
        0,
        ScheduleSpec.tzdbVersion());
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
        pause,
        version,
        revisionVersion,
        createTime,
        updateTime,
        effectiveTime,
        tzdbVersion);
  }

  /** The same with another state, and not paused. */
  public StoredSchedule withState(ScheduleState newState) {
    return with(newState, Pause.NONE);
  }

  /** The same, paused. */
  public StoredSchedule paused(Pause newPause) {
    return with(ScheduleState.PAUSED, newPause);
  }

  private StoredSchedule with(ScheduleState newState, Pause newPause) {
    return new StoredSchedule(
        num,
        tenant,
        id,
        partition,
        content,
        newState,
        newPause,
        version,
        revisionVersion,
        createTime,
        updateTime,
        effectiveTime,
        tzdbVersion);
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
        pause,
        version,
        revisionVersion,
        createTime,
        updateTime,
        effectiveTime,
        tzdbVersion);
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
        pause.since() == 0 && state == ScheduleState.PAUSED ? pause.since(effective) : pause,
        newVersion,
        contentVersion,
        createTime == 0 ? effective : createTime,
        effective,
        effective,
        contentVersion == newVersion ? ScheduleSpec.tzdbVersion() : tzdbVersion);
  }
}
