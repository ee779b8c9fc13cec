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
import io.carillon.master.election.ElectionSettings;
import io.carillon.master.election.LeaderClock;
import io.carillon.master.election.LeaderClock.Disagreement;
import io.carillon.master.election.Lease;
import io.carillon.master.store.lead.LeaderLock;
import io.carillon.master.store.lead.LeaseStore;
import io.carillon.master.store.lead.LeaseStore.Candidate;
import io.carillon.master.store.lead.LeaseStore.Reading;
import io.carillon.master.store.sql.DatabaseConfig;
import java.sql.SQLException;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the election of this master: one thread for its decisions, which never waits for PostgreSQL,
 * so that nothing keeps a leader from stepping down in time; others for the calls of the store.
 */
final class ElectionRunner implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(ElectionRunner.class);
  private static final long LONGEST_SLEEP = 1_000_000;
  private static final long PAUSE_AFTER_BUG_MILLIS = 500;

  /** What comes of it. Called from the thread of the election; must not block. */
  interface Listener {
    void lead(long epoch);

    /** This master leads no more, as of now. */
    void stepDown(String reason);

    /** It is known who leads, or that this master must not. Called again and again. */
    void follows();

    /** Runs this once the master is ready to lead, at once or soon. From any thread. */
    void whenReady(Runnable then);

    /** Whether PostgreSQL answers the election and says that another master leads, has changed. */
    void knowsLeader(boolean known);

    /** While leading: PostgreSQL took a renewal just now. */
    void storeAnswers();

    /** While leading: the clocks agree with cluster time no more, or again. */
    void clocksDisagree(Disagreement disagreement);
  }

  private Election election;
  private final Candidate candidate;
  private final LeaseStore store;
  private final LeaderLock lock;
  private final TimeSource time;
  private final LeaderClock clock;
  private final Executor calls;
  private final Listener listener;
  private final LinkedBlockingQueue<LongConsumer> inputs = new LinkedBlockingQueue<>();
  private final Thread thread = new Thread(this::run, "carillon-election");
  private volatile boolean closed;
  private final KnownLead lead = new KnownLead();
  private final ElectionCommand.Handler commands = new Commands();

  // Of the thread of the election only.
  private Reading reading;
  private long readFrom;
  private long readTo;
  private long lockTurn;
  private boolean storeFails;
  private boolean knewLeader;
  private boolean declined;

  /**
   * @param time cluster time
   * @param clock the same, if it is to be kept in step with other masters and clocks; null: as it
   *     is
   * @param calls runs what may block
   */
  ElectionRunner(
      DatabaseConfig database,
      ElectionSettings settings,
      Candidate candidate,
      TimeSource time,
      LeaderClock clock,
      Executor calls,
      Listener listener) {
    this.election = new Election(settings, candidate.instance());
    this.candidate = candidate;
    this.store = new LeaseStore(database, settings);
    this.lock =
        new LeaderLock(
            database,
            new LockEvents(
                // A leader that hands over records until then.
                (turn, epoch) -> listener.whenReady(() -> lockHeld(turn, epoch)),
                turn -> ifCurrent(turn, now -> listener.follows()),
                turn -> ifCurrent(turn, now -> election.lockLost(now))));
    this.time = time;
    this.clock = clock;
    this.calls = calls;
    this.listener = listener;
    thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  /** The epoch under which this master leads at this moment; 0: it does not. */
  long epoch() {
    return lead.epoch();
  }

  /** Who leads. */
  KnownLead lead() {
    return lead;
  }

  /** The leadership of this epoch failed by itself. */
  void failed(long ofEpoch, String reason) {
    post(now -> ifLeads(ofEpoch, () -> election.leadFailed(reason, now)));
  }

  /** The leadership of this epoch found that another master leads. */
  void deposed(long ofEpoch) {
    post(now -> ifLeads(ofEpoch, () -> election.deposed(now)));
  }

  /** Gives up the lead in favour of others. */
  void resign(String reason) {
    post(now -> election.resign(reason, now));
  }

  /** Whether another master waits to lead after this one; asks PostgreSQL. */
  boolean hasSuccessor() {
    long present = lead.epoch();
    try {
      return present != 0 && lock.isAwaited(present);
    } catch (SQLException e) {
      return false;
    }
  }

  /** Lets another have the lead, and keeps it until then, or until it takes too long. */
  void handOver(String reason) {
    post(now -> election.handOver(reason, now));
  }

  private void ifLeads(long ofEpoch, Runnable then) {
    if (election.epoch() == ofEpoch) {
      then.run();
    }
  }

  private void post(LongConsumer input) {
    inputs.add(input);
  }

  // ---- the thread of the election

  private void run() {
    while (!closed) {
      try {
        step();
      } catch (InterruptedException e) {
        return;
      } catch (RuntimeException | Error bug) {
        log.error("the election failed: this master does not lead, and begins anew", bug);
        beginAnew(bug);
      }
    }
  }

  /** What it did last may be half done: nothing of it is used again. */
  private void beginAnew(Throwable bug) {
    try {
      election = election.anew("the election failed: " + bug, time.monotonicMicros());
      execute();
      Thread.sleep(PAUSE_AFTER_BUG_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException | Error again) {
      log.error("the election failed again", again);
    }
  }

  private void step() throws InterruptedException {
    long now = time.monotonicMicros();
    election.tick(now);
    execute();
    long wait = Math.min(LONGEST_SLEEP, election.nextWake() - now);
    LongConsumer input = inputs.poll(Math.max(0, wait), TimeUnit.MICROSECONDS);
    if (input != null) {
      input.accept(time.monotonicMicros());
      execute();
    }
  }

  private void execute() {
    lead.leads(election.epoch());
    for (ElectionCommand command : election.drain()) {
      command.accept(commands);
    }
  }

  /** Carries out what the election wants. */
  private final class Commands implements ElectionCommand.Handler {

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
      lockTurn = lock.hold(command.epoch());
    }

    @Override
    public void on(DropLock command) {
      lock.drop();
      lockTurn = 0;
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
            post(now -> failed(number, e, now));
          }
        });
  }

  private void failed(long number, Throwable failure, long now) {
    if (!storeFails && !closed) {
      log.warn("the lease cannot be read or written, trying again: {}", failure.toString());
    }
    storeFails = true;
    lead.comesHere(election.epoch() != 0);
    tellOfLeader();
    election.storeFailed(number, now);
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
    post(now -> onRead(command.number(), answer, from, to, now));
  }

  private void onRead(long number, Reading answer, long from, long to, long now) {
    answered();
    reading = answer;
    readFrom = from;
    readTo = to;
    Lease read = answer.lease();
    boolean others = read.epoch() > 0 && !read.instance().equals(candidate.instance());
    if (others && clock != null && election.epoch() == 0) {
      clock.follow(read);
    }
    election.leaseRead(number, read, now);
    if (election.epoch() == 0) {
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
          post(now -> onTaken(command, taken, now));
        });
  }

  private void onTaken(TakeLead command, boolean taken, long now) {
    answered();
    if (taken) {
      election.leadTaken(command.number(), command.seen().epoch() + 1, now);
    } else {
      lead.comesHere(false);
      lock.giveBack();
      election.leadMissed(command.number(), now);
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
    election.leadDeclined(command.number(), time.monotonicMicros());
    listener.follows();
    execute();
  }

  private void renew(Renew command) throws SQLException {
    long from = time.monotonicMicros();
    Long databaseTime = store.renew(command.epoch(), time.nowMicros());
    long to = time.monotonicMicros();
    post(
        now -> {
          answered();
          if (databaseTime == null) {
            election.renewalRefused(command.number(), now);
            return;
          }
          election.renewed(command.number(), now);
          if (election.epoch() == command.epoch()) {
            listener.storeAnswers();
          }
          Disagreement change =
              clock == null || election.epoch() != command.epoch()
                  ? null
                  : clock.look(databaseTime, from, to);
          if (change != null) {
            listener.clocksDisagree(change);
          }
        });
  }

  private void lockHeld(long turn, long ofEpoch) {
    ifCurrent(turn, now -> election.lockHeld(ofEpoch, now));
  }

  private void ifCurrent(long turn, LongConsumer then) {
    post(
        now -> {
          if (turn == lockTurn) {
            then.accept(now);
          }
        });
  }

  /** Ends the election; locks are released, so that another master takes over at once. */
  @Override
  public void close() {
    closed = true;
    thread.interrupt();
    lock.close();
    store.close();
    try {
      thread.join(2_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    lead.close();
  }
}
