package io.carillon.master.app;

import io.carillon.common.time.TimeSource;
import io.carillon.master.election.Election;
import io.carillon.master.election.ElectionCommand;
import io.carillon.master.election.ElectionCommand.DropLock;
import io.carillon.master.election.ElectionCommand.HoldLock;
import io.carillon.master.election.ElectionCommand.Lead;
import io.carillon.master.election.ElectionCommand.ReadLease;
import io.carillon.master.election.ElectionCommand.Renew;
import io.carillon.master.election.ElectionCommand.StepDown;
import io.carillon.master.election.ElectionCommand.TakeLead;
import io.carillon.master.election.LeaderClock;
import io.carillon.master.election.LeaderClock.Disagreement;
import io.carillon.master.election.Lease;
import io.carillon.master.store.lead.LeaderLock;
import io.carillon.master.store.lead.LeaseStore;
import io.carillon.master.store.lead.LeaseStore.Candidate;
import io.carillon.master.store.lead.LeaseStore.Reading;
import java.sql.SQLException;
import java.util.concurrent.Executor;
import java.util.function.LongConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries out what the election wants. Calls of the store run on threads that may block; their
 * answers, and all else, are for the thread of the election only.
 */
final class ElectionCommands implements ElectionCommand.Handler {

  private static final Logger log = LoggerFactory.getLogger(ElectionCommands.class);

  /** What it needs of the thread of the election. */
  interface Loop {
    Election election();

    /** An input for the election, at the time that it gets then. From any thread. */
    void post(LongConsumer input);

    /** Carries out what the election wants by now. */
    void execute();

    boolean isClosed();
  }

  private final Loop loop;
  private final Candidate candidate;
  private final LeaseStore store;
  private final LeaderLock lock;
  private final TimeSource time;
  private final LeaderClock clock;
  private final Executor calls;
  private final ElectionListener listener;
  private final KnownLead lead;

  private Reading reading;
  private long readFrom;
  private long readTo;
  private long lockRequest;
  private boolean storeFails;
  private boolean knewLeader;
  private boolean declined;

  ElectionCommands(
      Loop loop,
      Candidate candidate,
      LeaseStore store,
      LeaderLock lock,
      TimeSource time,
      LeaderClock clock,
      Executor calls,
      ElectionListener listener,
      KnownLead lead) {
    this.loop = loop;
    this.candidate = candidate;
    this.store = store;
    this.lock = lock;
    this.time = time;
    this.clock = clock;
    this.calls = calls;
    this.listener = listener;
    this.lead = lead;
  }

  /** Whether this is the request of the lock that is wanted now. */
  boolean isCurrent(long request) {
    return request == lockRequest;
  }

  @Override
  public void on(ReadLease command) {
    call(command.number(), () -> read(command));
  }

  @Override
  public void on(TakeLead command) {
    lead.comesHere(true);
    take(command);
  }

  @Override
  public void on(Renew command) {
    call(command.number(), () -> renew(command));
  }

  @Override
  public void on(HoldLock command) {
    lockRequest = lock.hold(command.epoch());
  }

  @Override
  public void on(DropLock command) {
    lock.drop();
    lockRequest = 0;
  }

  @Override
  public void on(Lead command) {
    lead.follows(null);
    tellOfLeader();
    if (clock != null) {
      clock.lead();
    }
    listener.lead(command.epoch());
  }

  @Override
  public void on(StepDown command) {
    log.info("leads no more: {}", command.reason());
    lead.comesHere(false);
    listener.stepDown(command.reason());
  }

  /** A call of the store. */
  private interface StoreCall {
    void run() throws SQLException;
  }

  private void call(long number, StoreCall call) {
    calls.execute(
        () -> {
          try {
            call.run();
          } catch (SQLException | RuntimeException | Error e) {
            loop.post(now -> failed(number, e, now));
          }
        });
  }

  private void failed(long number, Throwable failure, long now) {
    if (!storeFails && !loop.isClosed()) {
      log.warn("the lease cannot be read or written, trying again: {}", failure.toString());
    }
    storeFails = true;
    lead.comesHere(loop.election().epoch() != 0);
    tellOfLeader();
    loop.election().storeFailed(number, now);
  }

  private void answered() {
    if (storeFails) {
      storeFails = false;
      log.info("the lease can be read and written again");
    }
  }

  private void tellOfLeader() {
    boolean knows = lead.lease() != null && !storeFails;
    if (knows != knewLeader) {
      knewLeader = knows;
      listener.knowsLeader(knows);
    }
  }

  private void read(ReadLease command) throws SQLException {
    long from = time.monotonicMicros();
    Reading answer = store.read();
    long to = time.monotonicMicros();
    if (answer.lease() == null) {
      throw new SQLException("the schema is damaged: leader_epoch or leader_heartbeat is empty");
    }
    loop.post(now -> onRead(command.number(), answer, from, to, now));
  }

  private void onRead(long number, Reading answer, long from, long to, long now) {
    answered();
    reading = answer;
    readFrom = from;
    readTo = to;
    Lease read = answer.lease();
    boolean others = read.epoch() > 0 && !read.instance().equals(candidate.instance());
    if (others && clock != null && loop.election().epoch() == 0) {
      clock.follow(read);
    }
    loop.election().leaseRead(number, read, now);
    if (loop.election().epoch() == 0) {
      Lease lease = lead.lease();
      if (others && (lease == null || lease.epoch() != read.epoch())) {
        log.info("{} leads with epoch {}, this master follows", read.leader(), read.epoch());
      }
      lead.follows(others ? read : null);
    }
    tellOfLeader();
  }

  private void take(TakeLead command) {
    if (clock != null) {
      Disagreement wrong = clock.prepare(command.seen(), reading.databaseTime(), readFrom, readTo);
      if (wrong != null) {
        decline(command, wrong);
        return;
      }
    }
    declined = false;
    call(
        command.number(),
        () -> {
          Lease seen = command.seen();
          boolean taken =
              lock.tryTake(seen.epoch() + 1)
                  && store.take(seen, command.certain(), candidate, time.nowMicros());
          loop.post(now -> onTaken(command, taken, now));
        });
  }

  private void onTaken(TakeLead command, boolean taken, long now) {
    answered();
    if (taken) {
      loop.election().leadTaken(command.number(), command.seen().epoch() + 1, now);
    } else {
      lead.comesHere(false);
      lock.giveBack();
      loop.election().leadMissed(command.number(), now);
    }
  }

  private void decline(TakeLead command, Disagreement wrong) {
    if (!declined) {
      log.error(
          "does not lead: the clock of this machine and that of PostgreSQL differ by {} ms, more"
              + " than {} ms; set them right, by NTP for example. Looks again every second or so",
          Math.abs(wrong.databaseOffset()) / 1_000,
          LeaderClock.TOLERANCE / 1_000);
    }
    declined = true;
    lead.comesHere(false);
    loop.election().leadDeclined(command.number(), time.monotonicMicros());
    listener.follows();
    loop.execute();
  }

  private void renew(Renew command) throws SQLException {
    long from = time.monotonicMicros();
    Long databaseTime = store.renew(command.epoch(), time.nowMicros());
    long to = time.monotonicMicros();
    loop.post(
        now -> {
          answered();
          if (databaseTime == null) {
            loop.election().renewalRefused(command.number(), now);
            return;
          }
          loop.election().renewed(command.number(), now);
          if (loop.election().epoch() == command.epoch()) {
            listener.storeAnswers();
          }
          Disagreement change =
              clock == null || loop.election().epoch() != command.epoch()
                  ? null
                  : clock.look(databaseTime, from, to);
          if (change != null) {
            listener.clocksDisagree(change);
          }
        });
  }
}
