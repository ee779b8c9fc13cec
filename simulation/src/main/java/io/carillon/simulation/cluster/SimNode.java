package io.carillon.simulation.cluster;

import io.carillon.clocknode.core.AssignedPartition;
import io.carillon.clocknode.core.BatchPart;
import io.carillon.clocknode.core.ClusterClock;
import io.carillon.clocknode.core.NodeCommand;
import io.carillon.clocknode.core.NodeCore;
import io.carillon.clocknode.core.NodeLimits;
import io.carillon.clocknode.core.PartitionUpdate;
import io.carillon.clocknode.core.Refusal;
import io.carillon.master.core.Node.NodeReport;
import io.carillon.master.core.PushedPart;
import io.carillon.simulation.world.SimProcess;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A clock node: after each input it does what is due, and sleeps until the next is, as the loop of
 * a real node does.
 */
public class SimNode {

  /** Small, so that bounds are reached. */
  private static final NodeLimits LIMITS = new NodeLimits(2_000, 1_000_000, 40, 100, 8, 400);

  private static final long STANDSTILL = 2 * NodeCore.SLICE_MICROS;

  protected final World world;
  private final String id;
  private final SimProcess process;
  private final SplittableRandom random;
  private NodeCore core;
  private ClusterClock clock;
  private NodeLink link;
  private boolean draining;
  private boolean ended;
  private boolean hung;
  private long wakeAt;
  private long lastRound;
  private int starts;

  /** Of so many fires of a batch it leaves out one; 0: it is honest. */
  private int leavesOutOneOf;

  /**
   * @param id under which it registers; another process may have it, too
   */
  public SimNode(World world, String id, SimProcess process, SplittableRandom random) {
    this.world = world;
    this.id = id;
    this.process = process;
    this.random = random;
  }

  String id() {
    return id;
  }

  String name() {
    return process.name();
  }

  public SimProcess process() {
    return process;
  }

  /** Whether it runs and has not ended by itself. */
  public boolean isUp() {
    return process.isRunning() && !ended;
  }

  /** Whether it runs, is not stopped, and does its work. */
  boolean isWell() {
    return isUp() && !process.isPaused() && !hung;
  }

  /** Its heartbeats go on, and it does nothing else. */
  public void hang(boolean hangs) {
    hung = hangs;
  }

  public boolean hasPartitions() {
    return core.report().partitions() > 0;
  }

  public void start() {
    process.start();
    core = new NodeCore(LIMITS, world.specs::intern);
    clock = new ClusterClock();
    link = new NodeLink(world, this, random, process.name() + "#" + ++starts);
    draining = false;
    ended = false;
    hung = false;
    wakeAt = Long.MAX_VALUE;
    lastRound = Long.MAX_VALUE;
    world.trace.note("", starts, () -> name() + " starts");
    process.post(random.nextLong(20_000), "node begins", this::round);
  }

  public void crash(boolean machineToo) {
    world.trace.note("", starts, () -> name() + " crashes");
    if (isUp() && hasPartitions()) {
      world.bites.count("node crashed with partitions");
    }
    process.crash(machineToo);
    world.network.crashed(process, machineToo);
  }

  /** Leaves in order. */
  public void drain() {
    if (isUp() && !draining) {
      world.trace.note("", starts, () -> name() + " drains");
      draining = true;
      core.onDrain();
      link.beatSoon();
      process.post(0, "drain", this::round);
    }
  }

  protected long mono() {
    return process.clock().monotonic();
  }

  /** Does what is due. */
  void round() {
    if (ended) {
      return;
    }
    long mono = mono();
    if (mono > lastRound && mono - lastRound > STANDSTILL) {
      world.bites.count("node knows that it stood still");
      clock.onStandstill(mono);
      link.beatSoon();
    }
    lastRound = mono;
    link.poll(mono);
    long wake = link.nextWake();
    if (clock.isTrusted() && !hung) {
      long now = now(clock, mono);
      perform(core.tick(now));
      wake = Math.min(wake, mono + core.nextWakeMicros(now) - now);
    }
    if (core.isDone()) {
      world.bites.count("node drained");
      world.trace.note("", starts, () -> name() + " is drained and stops");
      ended = true;
      link.close();
      return;
    }
    wakeLater(mono, Math.min(wake, mono + NodeCore.SLICE_MICROS));
  }

  private void wakeLater(long now, long wake) {
    if (wake >= wakeAt && wakeAt > now) {
      return;
    }
    wakeAt = Math.max(wake, now + 1);
    long due = wakeAt;
    process.post(
        wakeAt - now,
        "node round",
        () -> {
          if (wakeAt == due) {
            wakeAt = Long.MAX_VALUE;
            round();
          }
        });
  }

  /** Cluster time, as it is ticked by. */
  protected long now(ClusterClock estimate, long mono) {
    return estimate.now(mono);
  }

  private void perform(List<NodeCommand> commands) {
    commands.forEach(link::perform);
  }

  /** From now on it says that all is recorded, and leaves out some of it; 0: it is honest again. */
  public void lie(int oneOf) {
    leavesOutOneOf = oneOf;
  }

  /** A part of a batch as it goes over the wire. */
  protected PushedPart message(long batch, BatchPart part) {
    PushedPart whole = Messages.part(part);
    if (leavesOutOneOf == 0 || whole.size() + whole.skipped().size() == 0) {
      return whole;
    }
    world.bites.count("fires left out");
    return Messages.without(whole, event -> event % leavesOutOneOf == 0);
  }

  // What the link hears.

  NodeReport pulse(long now) {
    io.carillon.clocknode.core.NodeReport report = core.report();
    return new NodeReport(
        draining,
        clock.offsetMicros(),
        clock.errorMicros(now),
        report.schedules(),
        report.pendingEvents(),
        clock.isTrusted() ? clock.now(now) : 0);
  }

  void onRegistered(boolean newLeader) {
    world.trace.note("", starts, () -> name() + " is registered");
    if (newLeader) {
      clock.onNewLeader();
    }
    perform(core.onRegistered());
  }

  void onSessionLost() {
    core.onSessionLost();
  }

  void onClockExchange(long nodeSend, long masterReceive, long masterSend, long nodeReceive) {
    clock.onExchange(nodeSend, masterReceive, masterSend, nodeReceive);
    if (clock.wantsExchange()) {
      link.beatSoon();
    }
  }

  void onAssignment(List<AssignedPartition> partitions, boolean released) {
    perform(core.onAssignment(partitions));
    if (released) {
      core.onReleased();
    }
  }

  void onPartitionUpdate(PartitionUpdate update) {
    perform(core.onPartitionUpdate(update));
  }

  void onAcknowledged(long upTo, List<Refusal> refusals) {
    perform(core.onAcknowledged(upTo, refusals));
  }

  void onFenced(String reason) {
    world.trace.note("", starts, () -> name() + " is fenced: " + reason);
    ended = true;
    link.close();
  }
}
