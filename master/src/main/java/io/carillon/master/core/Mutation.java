package io.carillon.master.core;

import io.carillon.common.schedule.CatchUp;
import io.carillon.common.schedule.Occurrences;
import java.util.List;

/**
 * A change of one schedule that a client asks for, checked as far as can be without the core.
 *
 * @param after the schedule as the mutation leaves it; its version is the one that it must be at
 *     before, 0 if it must not exist; versions and times are filled in as it is planned
 * @param opens what is to hold from the effective time on; null if nothing: pause, delete, or an
 *     update while it is paused
 * @param newContent whether {@code after} has other content (spec, destination, payload …) than
 *     before
 * @param requestId of the request that asked for it; empty if it has none
 * @param fingerprint of the request with that id
 */
public record Mutation(
    StoredSchedule after, Content opens, boolean newContent, String requestId, byte[] fingerprint) {

  private static final byte[] NO_FINGERPRINT = {};

  /** One of a request without an id. */
  public Mutation(StoredSchedule after, Content opens, boolean newContent) {
    this(after, opens, newContent, "", NO_FINGERPRINT);
  }

  /** The same, noted with the request that asked for it. */
  public Mutation by(String newRequestId, byte[] newFingerprint) {
    return new Mutation(after, opens, newContent, newRequestId, newFingerprint);
  }

  public long schedule() {
    return after.num();
  }

  public int partition() {
    return after.partition();
  }

  /** The version that the schedule must be at; 0: it must not exist. */
  public long expectedVersion() {
    return after.version();
  }

  public boolean deletes() {
    return after.state() == ScheduleState.DELETED;
  }

  /**
   * What a revision holds that the core knows of.
   *
   * @param opensBefore a new schedule opens here if that is before its effective time: a single
   *     time that is just past still fires. A change of a schedule is rejected if that is before
   *     its effective time. {@link Long#MAX_VALUE} for other specs
   * @param validFrom from when on it holds if not from the effective time on: a later time ends a
   *     pause by itself, an earlier one makes up for a pause. Not before the end of any revision
   *     that owned something; the core moves it there as far as it still knows of such
   * @param ownedUpTo matters with jitter and where nothing is open, as after a pause: nominal times
   *     up to this one were those of revisions before. {@link #UNKNOWN} if there were none, or
   *     without jitter; then all until it holds were
   */
  public record Content(
      String spec,
      Occurrences times,
      CatchUp catchUp,
      int destination,
      long opensBefore,
      long validFrom,
      long ownedUpTo) {

    /** {@link #validFrom} of what holds from the effective time on. */
    public static final long EFFECTIVE = Long.MIN_VALUE;

    /** {@link #ownedUpTo} where nothing was owned with jitter. */
    public static final long UNKNOWN = Long.MAX_VALUE;

    /** Of a new schedule, or one of which a revision is open: the core sees what that owned. */
    public Content(
        String spec,
        Occurrences times,
        CatchUp catchUp,
        int destination,
        long opensBefore,
        long validFrom) {
      this(spec, times, catchUp, destination, opensBefore, validFrom, UNKNOWN);
    }

    /** The same after revisions that own these. */
    public Content after(long newOwnedUpTo) {
      return new Content(spec, times, catchUp, destination, opensBefore, validFrom, newOwnedUpTo);
    }
  }

  /** Mutations that happen all or not at all, and where the answer goes. */
  public record Group(List<Mutation> mutations, Reply<GroupResult> reply) {}

  /**
   * How a group went.
   *
   * @param planned in the order of the group; empty unless {@code outcome} is DONE
   */
  public record GroupResult(Outcome outcome, List<Planned> planned, String reason) {}

  /** How a group can go. */
  public enum Outcome {
    DONE,
    /** Some schedule is at another version: read it again. */
    VERSION_CONFLICT,
    /** The store refused: the reason says why. */
    REJECTED,
    /** Too much is waiting: try again later. */
    OVERLOADED
  }

  /**
   * A mutation with its place: what the store is to write.
   *
   * @param effective the time at which it takes effect
   * @param closed the revision that it closes, null if none is open
   * @param opened the revision that it opens, null if none
   */
  public record Planned(
      Mutation mutation, long version, long effective, Revision closed, Revision opened) {

    /** The schedule as the planned mutation leaves it. */
    public StoredSchedule result() {
      StoredSchedule after = mutation.after();
      long contentVersion = storesRevision() ? version : after.revisionVersion();
      return after.at(version, contentVersion, effective);
    }

    /** Whether it comes with a revision: one that it opens, or one that only keeps the content. */
    public boolean storesRevision() {
      return mutation.newContent() || opened != null;
    }
  }

  /** A group with its place. */
  public record PlannedGroup(Group group, List<Planned> planned) {}
}
