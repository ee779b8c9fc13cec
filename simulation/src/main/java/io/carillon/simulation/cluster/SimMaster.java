package io.carillon.simulation.cluster;

import io.carillon.common.time.SteadyClock;
import io.carillon.common.time.TimeSource;
import io.carillon.master.core.WriteTries.Ending;
import io.carillon.master.election.Election;
import io.carillon.master.election.ElectionCommand;
import io.carillon.master.election.Lease;
import io.carillon.simulation.store.LockSessions;
import io.carillon.simulation.world.SimProcess;
import java.util.SplittableRandom;

/**
 * A master: its part in the election, and while it leads what a leader does. Carries out what the
 * {@link Election} wants, on its own monotonic clock.
 */
public class SimMaster {

  private static final long LOCK_RETRY = 200_000;

  protected final World world;
  protected final SimProcess process;
  private final SplittableRandom random;
  private TimeSource clock;
  private Election election;
  private SimLeader leader;
  private String instance;
  private LockSessions.Session lock;
  private long lockEpoch = -1;
  private long wakeAt;
  private int starts;

  public SimMaster(World world, SimProcess process, SplittableRandom random) {
    this.world = world;
    this.process = process;
    this.random = random;
  }

  public SimProcess process() {
    return process;
  }

  /** What it does as the leader; null while it does not lead. */
  public SimLeader leader() {
    return process.isRunning() ? leader : null;
  }

  public void start() {
    process.start();
    instance = process.name() + "#" + ++starts;
    clock = new SteadyClock(process.clock()::wall, () -> process.clock().monotonic() * 1_000);
    election = new Election(world.election, instance);
    leader = null;
    lock = null;
    lockEpoch = -1;
    wakeAt = Long.MAX_VALUE;
    world.trace.note("", starts, () -> process.name() + " starts");
    process.post(random.nextLong(50_000), "election", () -> election(() -> {}));
  }

  public void crash(boolean machineToo) {
    world.trace.note("", starts, () -> process.name() + " crashes");
    process.crash(machineToo);
    world.network.crashed(process, machineToo);
    if (leader != null) {
      world.bites.count("leader crashed");
    }
    leader = null;
  }

  /** Steps down in favour of others, as it stops in order. */
  public void resign() {
    if (process.isRunning() && leader != null) {
      world.bites.count("leader resigned");
      election(() -> election.resign("asked to", mono()));
    }
  }

  /** The leader of this process could not go on. */
  void leadFailed(String reason) {
    election(() -> election.leadFailed(reason, mono()));
  }

  protected long mono() {
    return process.clock().monotonic();
  }

  TimeSource clock() {
    return clock;
  }

  private void election(Runnable input) {
    long life = process.life();
    input.run();
    election.tick(mono());
    for (ElectionCommand command : election.drain()) {
      execute(command);
    }
    if (process.life() == life) {
      wakeLater();
    }
  }

  private void wakeLater() {
    long wake = election.nextWake();
    long now = mono();
    if (wake >= wakeAt && wakeAt > now) {
      return;
    }
    wakeAt = Math.max(wake, now + 1);
    long due = wakeAt;
    process.post(
        wakeAt - now,
        "election",
        () -> {
          if (wakeAt == due) {
            wakeAt = Long.MAX_VALUE;
            election(() -> {});
          }
        });
  }

  private void execute(ElectionCommand command) {
    if (command instanceof ElectionCommand.ReadLease read) {
      world.store.read(
          process,
          "read lease",
          () -> world.store.store().lease(),
          lease -> election(() -> election.leaseRead(read.number(), lease, mono())),
          () -> election(() -> election.storeFailed(read.number(), mono())));
    } else if (command instanceof ElectionCommand.TakeLead take) {
      takeLead(take);
    } else if (command instanceof ElectionCommand.Renew renew) {
      renew(renew);
    } else if (command instanceof ElectionCommand.HoldLock hold) {
      holdLock(hold.epoch(), () -> election(() -> election.lockHeld(hold.epoch(), mono())));
    } else if (command instanceof ElectionCommand.DropLock) {
      dropLock();
    } else if (command instanceof ElectionCommand.Lead lead) {
      world.trace.note("", lead.epoch(), () -> process.name() + " leads under " + lead.epoch());
      leader = newLeader(lead.epoch());
      leader.begin();
    } else if (command instanceof ElectionCommand.StepDown down) {
      world.trace.note("", 0, () -> process.name() + " steps down: " + down.reason());
      world.bites.count("leader stepped down");
      leader.stop(down.reason());
      leader = null;
    }
  }

  protected SimLeader newLeader(long epoch) {
    return new SimLeader(world, this, epoch);
  }

  private void takeLead(ElectionCommand.TakeLead take) {
    long next = take.seen().epoch() + 1;
    holdLock(
        next,
        () ->
            world.store.statement(
                process,
                "take lead",
                ready ->
                    world
                        .store
                        .store()
                        .takeLead(
                            take.seen(),
                            take.certain(),
                            new Lease(
                                next,
                                take.seen().renewals() + 1,
                                clock.nowMicros(),
                                instance,
                                process.name(),
                                process.name(),
                                process.name()),
                            ready),
                (ending, reason) -> election(() -> leadAnswered(take, next, ending))));
  }

  private void leadAnswered(ElectionCommand.TakeLead take, long epoch, Ending ending) {
    switch (ending) {
      case COMMITTED -> election.leadTaken(take.number(), epoch, mono());
      case UNKNOWN -> {
        dropLock();
        election.storeFailed(take.number(), mono());
      }
      default -> {
        dropLock();
        election.leadMissed(take.number(), mono());
      }
    }
  }

  private void renew(ElectionCommand.Renew renew) {
    long time = clock.nowMicros();
    world.store.statement(
        process,
        "renew",
        ready -> world.store.store().renew(renew.epoch(), time, ready),
        (ending, reason) ->
            election(
                () -> {
                  switch (ending) {
                    case COMMITTED -> election.renewed(renew.number(), mono());
                    case UNKNOWN -> election.storeFailed(renew.number(), mono());
                    default -> election.renewalRefused(renew.number(), mono());
                  }
                }));
  }

  /** One lock at a time: another takes the place of the one before. */
  private void holdLock(long epoch, Runnable onHeld) {
    if (lockEpoch == epoch && lock != null) {
      return;
    }
    dropLock();
    lockEpoch = epoch;
    lock =
        world.locks.hold(
            process,
            epoch,
            onHeld,
            reason -> {
              lock = null;
              election(() -> election.lockLost(mono()));
              process.post(
                  LOCK_RETRY,
                  "lock again",
                  () -> {
                    if (lockEpoch == epoch && lock == null) {
                      holdLock(epoch, onHeld);
                    }
                  });
            });
  }

  private void dropLock() {
    lockEpoch = -1;
    if (lock != null) {
      lock.close();
      lock = null;
    }
  }
}
