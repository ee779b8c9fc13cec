package io.carillon.master.election;

import io.carillon.master.election.ElectionCommand.DropLock;
import io.carillon.master.election.ElectionCommand.HoldLock;
import io.carillon.master.election.ElectionCommand.Lead;
import io.carillon.master.election.ElectionCommand.ReadLease;
import io.carillon.master.election.ElectionCommand.Renew;
import io.carillon.master.election.ElectionCommand.StepDown;
import io.carillon.master.election.ElectionCommand.TakeLead;
import java.util.ArrayList;
import java.util.List;

/**
 * Decides when this master takes the lead, keeps it, and gives it up.
 *
 * <p>Safety is not its business: every write of a leader is fenced on the epoch, so two masters
 * that believe to lead harm nothing. It keeps that short: a leader that cannot renew steps down
 * before others may give it up. Who may take the lead: whoever gets the lock that the leader of the
 * epoch holds while its process lives; after the ttl without a renewal, anybody; and the master
 * whose own epoch it is, as it knows that it does not lead. Compare-and-set of the epoch lets one
 * of them have it.
 *
 * <p>One thread calls it. Time is the machine's monotonic clock, in microseconds; answers carry the
 * number of their call, and those of calls given up are not heard.
 */
public final class Election {

  private static final long LONGEST_PAUSE = 30_000_000;

  /** Who leads for this long has not failed. */
  private static final long PROVEN = 60_000_000;

  /** How long a leader that hands over waits for another to take the lead. */
  private static final long LONGEST_HAND_OVER = 10_000_000;

  private final ElectionSettings settings;
  private final String instance;
  private List<ElectionCommand> out = new ArrayList<>();

  private long calls;

  /** The call under way; 0: none. */
  private long call;

  private long calledAt;
  private long nextCall = Long.MIN_VALUE;

  /** 0: this master does not lead. */
  private long epoch;

  /** When the latest renewal that went through began. */
  private long renewedAt;

  private long leadsSince;

  /** Before this the lead is not taken, whatever is known. */
  private long quietUntil = Long.MIN_VALUE;

  private int failures;

  /** Why another is to take the lead; null: this master wants to keep it. */
  private String leaving;

  private long leaveAt;

  /** What was read last; null: nothing since this master began to follow. */
  private Lease seen;

  /** When the lease was first read as it is. */
  private long movedAt;

  /** A call that began after the lease had stood still for the ttl found it unchanged. */
  private boolean expired;

  /** The epoch whose lock this master was told to hold or to wait for; -1: none. */
  private long holding = -1;

  /** The epoch whose lock is held; -1: none. */
  private long locked = -1;

  /**
   * @param instance of this start of a master, drawn at random
   */
  public Election(ElectionSettings settings, String instance) {
    this.settings = settings;
    this.instance = instance;
  }

  /** The epoch under which this master leads; 0: it does not. */
  public long epoch() {
    return epoch;
  }

  /** The lease as it was read last; null if it never was. */
  public Lease seen() {
    return seen;
  }

  /** Looks what time has brought about; call it at {@link #nextWake}, and after any input. */
  public void tick(long now) {
    if (call != 0 && now - calledAt >= settings.answerTimeout()) {
      storeFailed(call, now);
    }
    if (epoch != 0 && now - renewedAt >= settings.stepDownAfter()) {
      stepDown("the lease could not be renewed for " + (now - renewedAt) / 1_000 + " ms", now);
    }
    if (epoch != 0 && leaving != null && now >= leaveAt) {
      quietUntil = now + settings.resignPause();
      stepDown(leaving, now);
    }
    hold(now);
    if (call != 0) {
      return;
    }
    if (epoch != 0) {
      if (now >= nextCall) {
        out.add(new Renew(begin(now), epoch));
      }
    } else if (mayTake(now)) {
      out.add(new TakeLead(begin(now), seen, isCertain()));
    } else if (now >= nextCall) {
      out.add(new ReadLease(begin(now)));
    }
  }

  /** When {@link #tick} has something to do, if no input comes before. */
  public long nextWake() {
    long wake = call != 0 ? calledAt + settings.answerTimeout() : nextCall;
    if (epoch != 0) {
      wake = leaving == null ? wake : Math.min(wake, leaveAt);
      return Math.min(wake, renewedAt + settings.stepDownAfter());
    }
    boolean wants = call == 0 && seen != null && (expired || isCertain());
    return wants ? Math.min(wake, quietUntil) : wake;
  }

  /** Who must not lead now leaves the lock to others. */
  private void hold(long now) {
    if (epoch == 0 && seen != null && holding != seen.epoch() && now >= quietUntil) {
      locked = -1;
      holding = seen.epoch();
      out.add(new HoldLock(holding));
    }
  }

  private boolean mayTake(long now) {
    return seen != null && now >= quietUntil && (expired || isCertain());
  }

  /** The leader of the epoch is gone, or is this master, which does not lead. */
  private boolean isCertain() {
    return locked == seen.epoch() || seen.instance().equals(instance);
  }

  private long begin(long now) {
    call = ++calls;
    calledAt = now;
    return call;
  }

  /** Whether a call is the one under way; it is not from here on. */
  private boolean ends(long number) {
    if (number != call) {
      return false;
    }
    call = 0;
    return true;
  }

  /** The lease was read. */
  public void leaseRead(long number, Lease lease, long now) {
    if (!ends(number) || epoch != 0) {
      return;
    }
    nextCall = now + settings.readEvery();
    boolean still =
        seen != null && seen.epoch() == lease.epoch() && seen.renewals() == lease.renewals();
    if (!still) {
      movedAt = now;
    }
    expired = still && calledAt - movedAt >= settings.ttl();
    seen = lease;
    tick(now);
  }

  /** The lock of an epoch is held, so the leader of that epoch does not live. */
  public void lockHeld(long ofEpoch, long now) {
    if (ofEpoch == holding) {
      locked = ofEpoch;
      tick(now);
    }
  }

  /** The lock is lost: whoever waits for it may have it. */
  public void lockLost(long now) {
    locked = -1;
    tick(now);
  }

  /** This master has the new epoch. */
  public void leadTaken(long number, long newEpoch, long now) {
    if (!ends(number)) {
      // Given up: the next look shows that the epoch is ours and nobody leads.
      return;
    }
    if (now - calledAt >= settings.stepDownAfter()) {
      forget();
      nextCall = now;
      tick(now);
      return;
    }
    epoch = newEpoch;
    renewedAt = calledAt;
    leadsSince = now;
    nextCall = calledAt + settings.renewEvery();
    forget();
    holding = newEpoch;
    out.add(new HoldLock(newEpoch));
    out.add(new Lead(newEpoch));
  }

  /** The lead was not asked for, as this master must not have it now: others may, and it later. */
  public void leadDeclined(long number, long now) {
    if (ends(number)) {
      forget();
      nextCall = now + settings.readEvery();
      quietUntil = now + settings.resignPause();
      out.add(new DropLock());
    }
  }

  /** Another was faster, or the leader lives. */
  public void leadMissed(long number, long now) {
    if (ends(number)) {
      forget();
      nextCall = now;
      tick(now);
    }
  }

  /** The renewal is in the store. */
  public void renewed(long number, long now) {
    if (ends(number) && epoch != 0) {
      renewedAt = calledAt;
      nextCall = calledAt + settings.renewEvery();
      if (now - leadsSince >= PROVEN) {
        failures = 0;
      }
      tick(now);
    }
  }

  /** Another master has a later epoch. */
  public void renewalRefused(long number, long now) {
    if (ends(number) && epoch != 0) {
      stepDown("another master took the lead", now);
      tick(now);
    }
  }

  /** The store did not answer a call, or not in time: it may have happened. */
  public void storeFailed(long number, long now) {
    if (ends(number)) {
      nextCall = now + settings.retryAfter();
      quietUntil = Math.max(quietUntil, nextCall);
      expired = false;
    }
  }

  /** A write of this leader found that another master has a later epoch. */
  public void deposed(long now) {
    if (epoch != 0) {
      stepDown("another master took the lead", now);
      tick(now);
    }
  }

  /** What leads failed by itself: another should try, and this master later, each time more so. */
  public void leadFailed(String reason, long now) {
    if (epoch != 0) {
      long pause = Math.min(LONGEST_PAUSE, settings.resignPause() << Math.min(10, failures++));
      quietUntil = now + pause;
      stepDown(reason, now);
      tick(now);
    }
  }

  /**
   * Lets go of the lock, so that another may have the lead, and leads on until it does: it is
   * deposed then. Gives the lead up if nobody takes it for long.
   */
  public void handOver(String reason, long now) {
    if (epoch != 0 && leaving == null) {
      leaving = reason;
      leaveAt = now + LONGEST_HAND_OVER;
      out.add(new DropLock());
    }
  }

  /** Gives up the lead in favour of others. */
  public void resign(String reason, long now) {
    if (epoch != 0) {
      quietUntil = now + settings.resignPause();
      stepDown(reason, now);
      tick(now);
    }
  }

  private void stepDown(String reason, long now) {
    epoch = 0;
    leaving = null;
    call = 0;
    nextCall = now;
    forget();
    out.add(new StepDown(reason));
    out.add(new DropLock());
  }

  /** What was read says nothing any more. */
  private void forget() {
    seen = null;
    expired = false;
    holding = -1;
    locked = -1;
  }

  /**
   * One to go on with after a bug in what was done for this one: it does not lead, and believes
   * nothing. An answer to a call of this one is not taken for one to a call of its own.
   */
  public Election anew(String reason, long now) {
    Election next = new Election(settings, instance);
    next.calls = calls;
    next.failures = failures + 1;
    next.quietUntil = now + settings.resignPause();
    if (epoch != 0) {
      next.out.add(new StepDown(reason));
    }
    next.out.add(new DropLock());
    return next;
  }

  /** The commands since the last call, in order. */
  public List<ElectionCommand> drain() {
    List<ElectionCommand> commands = out;
    out = new ArrayList<>();
    return commands;
  }
}
