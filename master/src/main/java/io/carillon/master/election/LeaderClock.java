package io.carillon.master.election;

import io.carillon.common.time.TimeSource;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Cluster time, as the leader gives it out and the others estimate it. It outlives leaders: a new
 * one goes on with what the last one had, whatever its own wall clock says.
 *
 * <p>Following, it goes by the cluster times that the leader stores: each was true before it was
 * read, so the greatest of them, run on a little too slowly, is never ahead of the truth. Leading,
 * it runs by the monotonic clock and turns towards the wall clock by at most 0.1 % of the time that
 * elapses, while that is within half a second. A wall clock further away is not followed, unless
 * PostgreSQL's clock says the same: then the machine was suspended, and cluster time jumps forward;
 * it never goes back, but turns back slowly.
 *
 * <p>One thread calls it, but for the two questions of a {@link TimeSource}, which any may ask. All
 * in microseconds; the clocks are its arguments.
 */
public final class LeaderClock implements TimeSource {

  /** Clocks that are this close agree. */
  public static final long TOLERANCE = 500_000;

  /** Elapsed time over the greatest correction of it, while leading. */
  private static final long SLEW = 1_000;

  /** The same of an estimate: slower than a leader that turns back and two clocks that drift. */
  private static final long CAUTION = 500;

  /** A look at PostgreSQL's clock that took longer says nothing. */
  private static final long LONGEST_LOOK = 250_000;

  /**
   * How time goes on from a moment.
   *
   * @param monotonic the moment, on the monotonic clock
   * @param micros cluster time then
   * @param correction what is to be made up for, in all
   * @param per elapsed time over the greatest correction of it
   * @param latest the greatest time given out
   */
  private record Course(long monotonic, long micros, long correction, long per, AtomicLong latest) {
    long at(long now) {
      long elapsed = Math.max(0, now - monotonic);
      long most = elapsed / per;
      return micros + elapsed + Math.max(-most, Math.min(most, correction));
    }
  }

  /**
   * Clocks that do not agree.
   *
   * @param wallOffset the wall clock minus cluster time
   * @param databaseOffset PostgreSQL's clock minus cluster time
   */
  public record Disagreement(long wallOffset, long databaseOffset) {}

  private final LongSupplier wall;
  private final LongSupplier monotonic;
  private volatile Course course;

  /** Whether the course is cluster time, or an estimate of it, and not just the wall clock. */
  private boolean known;

  private Lease lastSeen;
  private boolean wallAway;
  private boolean databaseAway;

  /**
   * @param wall microseconds since 1970; may step either way
   * @param monotonic microseconds since any moment; never goes back
   */
  public LeaderClock(LongSupplier wall, LongSupplier monotonic) {
    this.wall = wall;
    this.monotonic = monotonic;
    this.course =
        new Course(
            monotonic.getAsLong(), wall.getAsLong(), 0, SLEW, new AtomicLong(Long.MIN_VALUE));
  }

  /** Never goes back, once this master leads or has seen a leader live. */
  @Override
  public long nowMicros() {
    Course present = course;
    return present.latest().accumulateAndGet(present.at(monotonic.getAsLong()), Math::max);
  }

  @Override
  public long monotonicMicros() {
    return monotonic.getAsLong();
  }

  /** Another master's lease was read just now. */
  public void follow(Lease lease) {
    boolean moved =
        lastSeen != null
            && (lastSeen.epoch() != lease.epoch() || lastSeen.renewals() != lease.renewals());
    lastSeen = lease;
    if (!moved) {
      return;
    }
    long now = monotonic.getAsLong();
    if (!known || lease.clusterTime() > course.at(now)) {
      begin(now, lease.clusterTime(), -Long.MAX_VALUE, CAUTION);
    } else if (course.per() != CAUTION) {
      // From a leader's own time, which may be ahead of the other's by now, to an estimate.
      begin(now, course.at(now), -Long.MAX_VALUE, CAUTION);
    }
  }

  /** What was given out before cluster time was known counts no more. */
  private void begin(long now, long micros, long correction, long per) {
    AtomicLong latest = known ? course.latest() : new AtomicLong(micros);
    known = true;
    course = new Course(now, micros, correction, per, latest);
  }

  /**
   * Whether cluster time is known, or can begin anew because the wall clock and PostgreSQL agree.
   *
   * @param lease the last leader's
   * @param databaseTime PostgreSQL's clock
   * @param from when it was asked, on the monotonic clock
   * @param to when it had answered
   * @return null if so, else the clocks that disagree: nobody should lead by such a wall clock
   */
  public Disagreement prepare(Lease lease, long databaseTime, long from, long to) {
    if (known) {
      return null;
    }
    long now = monotonic.getAsLong();
    long time = wall.getAsLong();
    long database = databaseTime + (now - (from + to) / 2);
    if (Math.abs(time - database) > TOLERANCE + (to - from) / 2) {
      return new Disagreement(0, database - time);
    }
    // A little behind the last leader: it goes on from there. Far behind: nobody is left who knew
    // that time, which was wrong.
    boolean behind = lease.clusterTime() > time && lease.clusterTime() - time <= TOLERANCE;
    begin(now, behind ? lease.clusterTime() : time, 0, SLEW);
    return null;
  }

  /** This master leads from now on. */
  public void lead() {
    long now = monotonic.getAsLong();
    begin(now, course.at(now), 0, SLEW);
    wallAway = false;
    databaseAway = false;
  }

  /**
   * Looks at the clocks; to be called by the leader several times a second.
   *
   * @param databaseTime PostgreSQL's clock
   * @param from when it was asked, on the monotonic clock
   * @param to when it had answered
   * @return how they stand if that has changed: which of them agree with cluster time; else null
   */
  public Disagreement look(long databaseTime, long from, long to) {
    long now = monotonic.getAsLong();
    long time = wall.getAsLong();
    if (monotonic.getAsLong() - from > LONGEST_LOOK) {
      return null;
    }
    long cluster = course.at(now);
    long wallOffset = time - cluster;
    long databaseOffset = databaseTime + (now - (from + to) / 2) - cluster;
    long error = (to - from) / 2;
    boolean wallFar = Math.abs(wallOffset) > TOLERANCE;
    boolean databaseFar = Math.abs(databaseOffset) > TOLERANCE + error;
    boolean bothElsewhere =
        wallFar && databaseFar && Math.abs(wallOffset - databaseOffset) <= TOLERANCE + error;
    long jump = bothElsewhere ? Math.max(0, wallOffset) : 0;
    long correction = wallFar && !bothElsewhere ? 0 : wallOffset - jump;
    begin(now, cluster + jump, correction, SLEW);
    boolean changed = wallFar != wallAway || databaseFar != databaseAway || jump > 0;
    wallAway = wallFar && jump == 0;
    databaseAway = databaseFar && jump == 0;
    return changed ? new Disagreement(wallOffset, databaseOffset) : null;
  }
}
