package io.carillon.clocknode.app;

import io.carillon.clocknode.app.Termination.Outcome;
import io.carillon.clocknode.core.AssignedPartition;
import io.carillon.clocknode.core.ClusterClock;
import io.carillon.clocknode.core.NodeCommand;
import io.carillon.clocknode.core.NodeCore;
import io.carillon.clocknode.core.NodeReport;
import io.carillon.clocknode.core.PartitionUpdate;
import io.carillon.clocknode.core.Refusal;
import io.carillon.clocknode.rpc.LinkListener;
import io.carillon.clocknode.rpc.MasterLink;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that owns the core, the clock and the link. Everything else hands it inputs. It
 * reads the time once a round, and sleeps until the next is due or an input comes.
 */
final class NodeLoop implements Runnable, Executor, LinkListener {

  private static final Logger LOG = LoggerFactory.getLogger(NodeLoop.class);

  /** Inputs taken before the clock is looked at again: a large snapshot must not hold up a tick. */
  private static final int INPUTS_PER_ROUND = 16;

  private static final long REPORT_EVERY_MICROS = 50_000;

  /**
   * A round comes at least once a second. After twice that the process or the machine stood still,
   * and its monotonic clock may have, too. No shorter, as a pause that the session survives moves a
   * good clock by less than a millisecond; no longer, as the master gives the partitions away then.
   */
  private static final long STANDSTILL_MICROS = 2 * NodeCore.SLICE_MICROS;

  private final NodeCore core;
  private final LongSupplier monotonicMicros;
  private final HomeCluster home;
  private final ClusterClock clock = new ClusterClock();
  private final LinkedBlockingQueue<Runnable> inputs = new LinkedBlockingQueue<>();
  private final CompletableFuture<Termination> terminated = new CompletableFuture<>();
  private MasterLink link;
  private volatile NodeReport report;
  private long reportedAt = Long.MIN_VALUE / 2;
  private long lastRound = Long.MAX_VALUE;
  private Termination ending;
  private boolean draining;

  NodeLoop(NodeCore core, LongSupplier monotonicMicros, HomeCluster home) {
    this.core = core;
    this.home = home;
    this.monotonicMicros = monotonicMicros;
    this.report = core.report();
  }

  /** Before the thread starts: the link needs the loop and the loop the link. */
  void attach(MasterLink link) {
    this.link = link;
  }

  CompletableFuture<Termination> terminated() {
    return terminated;
  }

  NodeReport report() {
    return report;
  }

  @Override
  public void execute(Runnable input) {
    inputs.add(input);
  }

  void drain() {
    execute(
        () -> {
          if (!draining) {
            draining = true;
            LOG.info("node drains: asks the master to take its partitions");
            core.onDrain();
            link.beatSoon();
          }
        });
  }

  void end(Outcome outcome, String reason) {
    execute(() -> endWith(outcome, reason));
  }

  private void endWith(Outcome outcome, String reason) {
    if (ending == null) {
      ending = new Termination(outcome, reason);
    }
  }

  @Override
  public void run() {
    try {
      long wait = 0;
      while (ending == null) {
        takeInputs(wait);
        wait = ending == null ? round() : 0;
      }
    } catch (InterruptedException e) {
      endWith(Outcome.CLOSED, "interrupted");
    } catch (RuntimeException | Error e) {
      LOG.error("node stops: its loop failed", e);
      endWith(Outcome.FAILED, e.toString());
    } finally {
      finish();
    }
  }

  private void finish() {
    try {
      link.close(ending.outcome() == Outcome.DRAINED);
      report = core.report();
    } finally {
      LOG.info("node ended: {} ({})", ending.outcome(), ending.reason());
      terminated.complete(ending);
    }
  }

  private void takeInputs(long waitMicros) throws InterruptedException {
    Runnable input =
        waitMicros > 0 ? inputs.poll(waitMicros, TimeUnit.MICROSECONDS) : inputs.poll();
    for (int taken = 1; input != null; taken++) {
      input.run();
      input = taken < INPUTS_PER_ROUND ? inputs.poll() : null;
    }
  }

  /** Does what is due, and answers how long nothing will be. */
  private long round() {
    long mono = monotonicMicros.getAsLong();
    if (mono > lastRound && mono - lastRound > STANDSTILL_MICROS) {
      LOG.warn(
          "node stood still for {} ms: asks for the time before it ticks on",
          (mono - lastRound) / 1000);
      clock.onStandstill(mono);
      link.beatSoon();
    }
    lastRound = mono;
    if (inputs.isEmpty()) {
      // Not before the inputs are worked off: a heartbeat's answer may be among them.
      link.poll(mono);
    }
    long wait = link.nextWakeMicros() - mono;
    if (clock.isTrusted()) {
      long now = clock.now(mono);
      perform(core.tick(now));
      wait = Math.min(wait, core.nextWakeMicros(now) - now);
    }
    if (core.isDone()) {
      endWith(Outcome.DRAINED, "all partitions are given away");
    }
    if (mono - reportedAt >= REPORT_EVERY_MICROS) {
      reportedAt = mono;
      report = core.report();
    }
    return inputs.isEmpty() ? Math.min(wait, NodeCore.SLICE_MICROS) : 0;
  }

  private void perform(List<NodeCommand> commands) {
    for (NodeCommand command : commands) {
      link.perform(command);
    }
  }

  @Override
  public Pulse pulse(long now) {
    NodeReport current = core.report();
    return new Pulse(
        draining,
        clock.offsetMicros(),
        clock.errorMicros(now),
        current.schedules(),
        current.pendingEvents(),
        clock.isTrusted() ? clock.now(now) : 0);
  }

  @Override
  public boolean isHome(String clusterUid) {
    String refusal = home.refusal(clusterUid);
    if (refusal != null) {
      LOG.error("node stops: {}", refusal);
      endWith(Outcome.FOREIGN_CLUSTER, refusal);
    }
    return refusal == null;
  }

  @Override
  public void onRegistered(boolean newLeader) {
    if (newLeader) {
      clock.onNewLeader();
    }
    perform(core.onRegistered());
  }

  @Override
  public void onSessionLost() {
    core.onSessionLost();
  }

  @Override
  public void onClockExchange(
      long nodeSend, long masterReceive, long masterSend, long nodeReceive) {
    boolean trusted = clock.isTrusted();
    clock.onExchange(nodeSend, masterReceive, masterSend, nodeReceive);
    if (!trusted && clock.isTrusted()) {
      LOG.info("cluster time is known to ±{} µs", clock.errorMicros(nodeReceive));
    }
    if (clock.wantsExchange()) {
      link.beatSoon();
    }
  }

  @Override
  public void onAssignment(List<AssignedPartition> partitions) {
    perform(core.onAssignment(partitions));
  }

  @Override
  public void onReleased() {
    core.onReleased();
  }

  @Override
  public void onPartitionUpdate(PartitionUpdate update) {
    perform(core.onPartitionUpdate(update));
  }

  @Override
  public void onAcknowledged(long upTo, List<Refusal> refusals) {
    perform(core.onAcknowledged(upTo, refusals));
  }

  @Override
  public void onIdTaken(String message) {
    LOG.error("node is not taken: {}", message);
    endWith(Outcome.ID_TAKEN, message);
  }

  @Override
  public void onFenced(String message) {
    LOG.error("node is fenced: {}", message);
    endWith(Outcome.FENCED, message);
  }
}
