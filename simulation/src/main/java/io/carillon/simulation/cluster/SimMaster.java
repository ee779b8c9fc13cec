package io.carillon.simulation.cluster;

import io.carillon.common.time.TimeSource;
import io.carillon.master.core.write.WriteTries.Ending;
import io.carillon.master.election.Election;
import io.carillon.master.election.ElectionCommand;
import io.carillon.master.election.LeaderClock;
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
  private final ElectionCommand.Handler commands = new Commands();
  private LeaderClock clock;
  private Election election;
  private SimLeader leader;
  private String instance;
  private LockSessions.Session lock;
  private long lockEpoch = -1;

  /** The lock of the epoch that it tries to take; null: it does not. */
  private LockSessions.Session trial;

  /** What was read last of the lease, and when. */
  private Reading reading;

  private long wakeAt;
  private int starts;

  private record Reading(Lease lease, long databaseTime, long from, long to) {}

  public SimMaster(World world, SimProcess process, SplittableRandom random) {
    this.world = world;
    this.process = process;
    this.random = random;
  }

  /** Something that nobody can guess. */
  long draw() {
    return random.nextLong();
  }

  public SimProcess process() {
    return process;
  }

  /** Also its address. */
  String name() {
    return process.name();
  }

  /** Where the leader is that it follows; empty if it knows of none. */
  String knownLeader() {
    Lease seen = election.seen();
    return seen == null || seen.instance().equals(instance) ? "" : seen.nodeAddress();
  }

  /** What it does as the leader; null while it does not lead. */
  public SimLeader leader() {
    return process.isRunning() ? leader : null;
  }

  public void start() {
    process.start();
    instance = process.name() + "#" + ++starts;
    clock = new LeaderClock(process.clock()::wall, process.clock()::monotonic);
    election = new Election(world.election, instance);
    leader = null;
    lock = null;
    trial = null;
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

  /** Lets another have the lead, as it stops in order. */
  public void resign() {
    if (process.isRunning() && leader != null) {
      world.bites.count("leader resigned");
      election(() -> election.handOver("asked to", mono()));
    }
  }

  /** The leader of an epoch could not go on. */
  void leadFailed(long epoch, Ending ending, String reason) {
    if (election.epoch() == epoch) {
      election(
          () -> {
            if (ending == Ending.STALE_EPOCH) {
              election.deposed(mono());
            } else {
              election.leadFailed(reason, mono());
            }
          });
    }
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
      command.accept(commands);
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

  /** Carries out what the election wants. */
  private final class Commands implements ElectionCommand.Handler {

    @Override
    public void on(ElectionCommand.ReadLease command) {
      long from = mono();
      world.store.read(
          process,
          "read lease",
          () -> new Reading(world.store.store().lease(), world.store.now(), from, 0),
          answer -> election(() -> leaseRead(command.number(), answer)),
          () -> election(() -> election.storeFailed(command.number(), mono())));
    }

    @Override
    public void on(ElectionCommand.TakeLead command) {
      takeLead(command);
    }

    @Override
    public void on(ElectionCommand.Renew command) {
      renew(command);
    }

    @Override
    public void on(ElectionCommand.HoldLock command) {
      holdLock(command.epoch());
    }

    @Override
    public void on(ElectionCommand.DropLock command) {
      dropLock();
    }

    @Override
    public void on(ElectionCommand.Lead command) {
      world.trace.note(
          "", command.epoch(), () -> process.name() + " leads under " + command.epoch());
      clock.lead();
      leader = newLeader(command.epoch());
      leader.begin();
    }

    @Override
    public void on(ElectionCommand.StepDown command) {
      world.trace.note("", 0, () -> process.name() + " steps down: " + command.reason());
      world.bites.count("leader stepped down");
      leader.stop(command.reason());
      leader = null;
    }
  }

  protected SimLeader newLeader(long epoch) {
    return new SimLeader(world, this, epoch);
  }

  private void leaseRead(long number, Reading answer) {
    Lease read = answer.lease;
    reading = new Reading(read, answer.databaseTime, answer.from, mono());
    if (read.epoch() > 0 && !read.instance().equals(instance) && election.epoch() == 0) {
      clock.follow(read);
    }
    election.leaseRead(number, read, mono());
  }

  private void takeLead(ElectionCommand.TakeLead take) {
    if (clock.prepare(take.seen(), reading.databaseTime, reading.from, reading.to) != null) {
      world.bites.count("lead declined for a clock");
      election(() -> election.leadDeclined(take.number(), mono()));
      return;
    }
    long next = take.seen().epoch() + 1;
    endTrial();
    LockSessions.Session mine =
        world.locks.tryHold(
            process,
            next,
            () -> raise(take, next),
            reason -> {
              trial = null;
              election(
                  () -> {
                    if (reason.equals("busy")) {
                      election.leadMissed(take.number(), mono());
                    } else {
                      election.storeFailed(take.number(), mono());
                    }
                  });
            });
    trial = mine;
  }

  private void raise(ElectionCommand.TakeLead take, long next) {
    Lease lease =
        new Lease(
            next,
            take.seen().renewals() + 1,
            clock.nowMicros(),
            instance,
            process.name(),
            process.name(),
            process.name());
    world.store.transaction(
        process,
        "take lead",
        ready -> world.store.store().takeLead(take.seen(), take.certain(), lease, ready),
        (ending, reason) -> election(() -> leadAnswered(take.number(), next, ending)));
  }

  private void leadAnswered(long number, long epoch, Ending ending) {
    if (ending == Ending.COMMITTED) {
      election.leadTaken(number, epoch, mono());
      return;
    }
    endTrial();
    if (ending == Ending.UNKNOWN) {
      election.storeFailed(number, mono());
    } else {
      election.leadMissed(number, mono());
    }
  }

  private void endTrial() {
    if (trial != null) {
      trial.close();
      trial = null;
    }
  }

  private void renew(ElectionCommand.Renew renew) {
    long from = mono();
    long time = clock.nowMicros();
    long[] databaseTime = new long[1];
    world.store.statement(
        process,
        "renew",
        ready -> {
          databaseTime[0] = world.store.now();
          return world.store.store().renew(renew.epoch(), time, ready);
        },
        (ending, reason) -> election(() -> renewed(renew, ending, databaseTime[0], from)));
  }

  private void renewed(ElectionCommand.Renew renew, Ending ending, long databaseTime, long from) {
    if (ending == Ending.UNKNOWN) {
      election.storeFailed(renew.number(), mono());
    } else if (ending == Ending.COMMITTED) {
      election.renewed(renew.number(), mono());
      if (election.epoch() == renew.epoch() && clock.look(databaseTime, from, mono()) != null) {
        world.bites.count("clocks of leader and store compared otherwise");
      }
    } else {
      election.renewalRefused(renew.number(), mono());
    }
  }

  /** One lock at a time: another takes the place of the one before. */
  private void holdLock(long epoch) {
    LockSessions.Session taken = trial;
    trial = null;
    dropLock();
    lockEpoch = epoch;
    if (taken != null && election.epoch() == epoch) {
      lock = taken;
      return;
    }
    if (taken != null) {
      taken.close();
    }
    waitForLock(epoch);
  }

  private void waitForLock(long epoch) {
    lock =
        world.locks.hold(
            process,
            epoch,
            () -> election(() -> election.lockHeld(epoch, mono())),
            reason -> {
              lock = null;
              election(() -> election.lockLost(mono()));
              process.post(
                  LOCK_RETRY,
                  "lock again",
                  () -> {
                    if (lockEpoch == epoch && lock == null) {
                      waitForLock(epoch);
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
