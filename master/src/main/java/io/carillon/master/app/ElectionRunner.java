package io.carillon.master.app;

import io.carillon.common.time.TimeSource;
import io.carillon.master.election.Election;
import io.carillon.master.election.ElectionCommand;
import io.carillon.master.election.ElectionSettings;
import io.carillon.master.election.LeaderClock;
import io.carillon.master.loop.Threads;
import io.carillon.master.store.lead.LeaderLock;
import io.carillon.master.store.lead.LeaseStore;
import io.carillon.master.store.lead.LeaseStore.Candidate;
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

  private Election election;
  private final LeaseStore store;
  private final LeaderLock lock;
  private final TimeSource time;
  private final LinkedBlockingQueue<LongConsumer> inputs = new LinkedBlockingQueue<>();
  private final Thread thread = Threads.named("carillon-election", this::run);
  private volatile boolean closed;
  private final KnownLead lead = new KnownLead();
  private final ElectionCommands commands;

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
      ElectionListener listener) {
    this.election = new Election(settings, candidate.instance());
    this.store = new LeaseStore(database, settings);
    this.lock =
        new LeaderLock(
            database,
            new LockEvents(
                // A leader that hands over records until then.
                (request, epoch) -> listener.whenReady(() -> lockHeld(request, epoch)),
                request -> ifCurrent(request, now -> listener.follows()),
                request -> ifCurrent(request, now -> election.lockLost(now))));
    this.time = time;
    this.commands =
        new ElectionCommands(
            new Loop(), candidate, store, lock, time, clock, calls, listener, lead);
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

  private final class Loop implements ElectionCommands.Loop {
    @Override
    public Election election() {
      return election;
    }

    @Override
    public void post(LongConsumer input) {
      ElectionRunner.this.post(input);
    }

    @Override
    public void execute() {
      ElectionRunner.this.execute();
    }

    @Override
    public boolean isClosed() {
      return closed;
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

  private void lockHeld(long request, long ofEpoch) {
    ifCurrent(request, now -> election.lockHeld(ofEpoch, now));
  }

  private void ifCurrent(long request, LongConsumer then) {
    post(
        now -> {
          if (commands.isCurrent(request)) {
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
