package io.carillon.simulation.cluster;

import io.carillon.master.core.CommitPlan;
import io.carillon.master.core.CoreEvent;
import io.carillon.master.core.CoreInput;
import io.carillon.master.core.CorePace;
import io.carillon.master.core.MasterCommand;
import io.carillon.master.core.MasterCommand.Acknowledge;
import io.carillon.master.core.MasterCommand.EndSession;
import io.carillon.master.core.MasterCommand.SendAssignment;
import io.carillon.master.core.MasterCommand.SendSnapshot;
import io.carillon.master.core.MasterCore;
import io.carillon.master.core.MasterReport;
import io.carillon.master.core.MissedTimes;
import io.carillon.master.core.Node.Candidate;
import io.carillon.master.core.Node.NodeReport;
import io.carillon.master.core.PushedPart;
import io.carillon.master.core.Reply;
import io.carillon.master.core.write.WriteTries.Ending;
import io.carillon.simulation.world.Connection;
import io.carillon.simulation.world.SimProcess;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * What a master does while it leads: loads the core, ticks it every 20 ms and when it wants to be,
 * and carries its commands to the store, to the sessions of nodes, and to delivery.
 */
public class SimLeader {

  private static final long LOAD_RETRY = 100_000;

  protected final World world;
  protected final SimProcess process;
  private final SimMaster master;
  private final long epoch;
  private final LeaderLanes lanes;
  private final LeaderDelivery delivery;
  private final LeaderReconciler reconciler;
  private final TreeMap<Long, SessionEnd> sessions = new TreeMap<>();
  private final MasterCommand.Handler commands = new Commands();
  private MasterCore core;
  private boolean stopped;
  private long lastNow = Long.MIN_VALUE;
  private CorePace pace;
  private long wakeAt = Long.MAX_VALUE;

  /** A node's connection, and how the node hears that its session is over. */
  private record SessionEnd(Connection connection, NodeListener listener) {}

  /** The node's side of a session. */
  interface NodeListener {
    void heartbeat(long nodeSend, long masterReceive, long masterSend);

    void assignment(SendAssignment assignment);

    void update(List<io.carillon.clocknode.core.PartitionUpdate> updates);

    void acknowledged(Acknowledge acknowledge);

    void ended(boolean fenced, String reason);
  }

  protected SimLeader(World world, SimMaster master, long epoch) {
    this.world = world;
    this.master = master;
    this.process = master.process();
    this.epoch = epoch;
    this.lanes = newLanes((ending, reason) -> master.leadFailed(epoch, ending, reason));
    this.delivery =
        newDelivery(
            process,
            new SplittableRandom(master.draw()),
            () -> master.leadFailed(epoch, Ending.STALE_EPOCH, "deposed"),
            this::now);
    this.reconciler = new LeaderReconciler(world, process, this);
  }

  protected LeaderLanes newLanes(BiConsumer<Ending, String> onOver) {
    return new LeaderLanes(world, process, epoch, this::input, onOver);
  }

  protected LeaderDelivery newDelivery(
      SimProcess of, SplittableRandom random, Runnable onDeposed, LongSupplier now) {
    return new LeaderDelivery(world, of, random, epoch, onDeposed, now);
  }

  /** The latest moment at which its check of the ledger found nothing to be missing. */
  public long wholeAt() {
    return reconciler.wholeAt();
  }

  public long epoch() {
    return epoch;
  }

  /** Whether it serves: what is stored is loaded, and it has not stopped. */
  public boolean isServing() {
    return core != null && !stopped;
  }

  public LeaderDelivery delivery() {
    return delivery;
  }

  /** The leader's clock: never falls. */
  protected long now() {
    lastNow = Math.max(lastNow, master.clock().nowMicros());
    return lastNow;
  }

  /** What its clock says. */
  public long time() {
    return master.clock().nowMicros();
  }

  void begin() {
    world.store.read(
        process,
        "load",
        () -> world.store.store().load(world.core, world.specs::intern),
        loaded -> process.post(world.loadTime(), "loaded", () -> loaded(loaded)),
        () -> {
          if (!stopped) {
            process.post(LOAD_RETRY, "load again", this::begin);
          }
        });
  }

  private void loaded(MasterCore loaded) {
    if (!stopped) {
      core = loaded;
      pace = new CorePace(core);
      delivery.begin(core.report(now()).logEnd());
      reconciler.begin();
      input(MasterCore::answersNodes);
    }
  }

  void stop(String reason) {
    stopped = true;
    lanes.stop();
    delivery.stop();
    new ArrayList<>(sessions.keySet()).forEach(s -> end(new EndSession(s, false, reason)));
  }

  /** Tells the core of something, and does what it then wants. */
  protected void input(CoreInput input) {
    if (!isServing()) {
      return;
    }
    input.apply(core, now());
    long now = now();
    if (pace.isDue(now)) {
      delivery.wake();
    }
    for (MasterCommand command : pace.after(now)) {
      if (!stopped) {
        command.accept(commands);
      }
    }
    core.takeAhead(now);
    wakeLater(now);
  }

  private void wakeLater(long now) {
    long wake = Math.max(now + 1, pace.nextWake());
    if (stopped || wake >= wakeAt && wakeAt > now) {
      return;
    }
    wakeAt = wake;
    process.post(
        wake - now,
        "leader tick",
        () -> {
          if (wakeAt == wake) {
            wakeAt = Long.MAX_VALUE;
            input((c, n) -> {});
          }
        });
  }

  /** Carries out what the core wants. */
  private final class Commands implements MasterCommand.Handler {

    @Override
    public void on(MasterCommand.CommitFires command) {
      aboutToCommit(command.plan(), delivery);
      lanes.commit(command.plan());
    }

    @Override
    public void on(MasterCommand.WriteAssignment command) {
      lanes.changeOwners(command.changes());
    }

    @Override
    public void on(MasterCommand.WriteMutations command) {
      lanes.mutate(command.groups());
    }

    @Override
    public void on(MasterCommand.WriteNode command) {
      lanes.writeNode(command.row());
    }

    @Override
    public void on(MasterCommand.Answer<?> command) {
      command.deliver();
    }

    @Override
    public void on(SendAssignment command) {
      to(command.session(), 0, "assignment", listener -> listener.assignment(command));
    }

    @Override
    public void on(SendSnapshot command) {
      for (var update : Messages.updates(command)) {
        to(command.session(), 1, "snapshot", listener -> listener.update(List.of(update)));
      }
    }

    @Override
    public void on(MasterCommand.SendChange command) {
      to(
          command.session(),
          1,
          "change",
          listener -> listener.update(List.of(Messages.update(command))));
    }

    @Override
    public void on(MasterCommand.RefuseWatch command) {
      to(
          command.session(),
          1,
          "refuse watch",
          listener ->
              listener.update(List.of(Messages.refusal(command.partition(), command.epoch()))));
    }

    @Override
    public void on(Acknowledge command) {
      to(command.session(), 2, "acknowledge", listener -> listener.acknowledged(command));
    }

    @Override
    public void on(EndSession command) {
      end(command);
    }

    @Override
    public void on(MasterCommand.Publish command) {
      delivery.onCommitted(command.fires());
    }

    @Override
    public void on(MasterCommand.Announce command) {
      if (command.event() instanceof CoreEvent.PartitionQuarantined aside
          && !aside.reason().isEmpty()) {
        world.bites.count("partition quarantined");
        world.checker.quarantined(aside.partition(), aside.reason());
      }
      world.trace.note("", command.event().time(), () -> "event " + command.event());
      world.happened(command.event());
    }
  }

  /** A commit begins. */
  protected void aboutToCommit(CommitPlan plan, LeaderDelivery unused) {}

  private void to(long session, int stream, String label, Consumer<NodeListener> message) {
    SessionEnd end = sessions.get(session);
    if (end != null) {
      end.connection.toClient(stream, label, () -> message.accept(end.listener));
    }
  }

  private void end(EndSession c) {
    SessionEnd end = sessions.remove(c.session());
    if (end != null) {
      end.connection.toClient(0, "end", () -> end.listener.ended(c.fenced(), c.reason()));
      end.connection.close(process, c.reason());
    }
  }

  /** Makes up for what its check of the ledger found to be missing. */
  protected void repair(List<MissedTimes> missed, Reply<MissedTimes.Result> reply) {
    input((c, now) -> c.repair(missed, reply, now));
  }

  // What operators ask for.

  /** Has every partition repaired that is set aside. */
  public void repairAll() {
    for (MasterReport.PartitionRow row : core.report(now()).partitions()) {
      if (!row.quarantine().isEmpty()) {
        world.store.read(
            process,
            "stored partition",
            () -> world.store.store().stored(row.id()),
            stored -> input((c, now) -> c.repairPartition(row.id(), stored, this::repaired, now)),
            () -> {});
      }
    }
  }

  private void repaired(String refusal) {
    if (refusal.isEmpty()) {
      world.bites.count("partition repaired");
    }
  }

  // What nodes send.

  protected void register(
      String node,
      String instance,
      long incarnation,
      Reply<io.carillon.master.core.Node.Registration> reply) {
    // Both processes with the id have its data folder, and so its secret.
    Candidate candidate =
        new Candidate(node, instance, incarnation, 100, node, "1", "hash of the secret of " + node);
    input((c, now) -> c.register(candidate, master.draw(), reply, now));
  }

  void heartbeat(
      long session,
      Connection connection,
      NodeListener listener,
      NodeReport report,
      long nodeSend) {
    long received = master.clock().nowMicros();
    sessions.putIfAbsent(session, new SessionEnd(connection, listener));
    long sent = master.clock().nowMicros();
    to(session, 0, "heartbeat answer", e -> e.heartbeat(nodeSend, received, sent));
    input((c, now) -> c.heartbeat(session, report, now));
  }

  void watch(
      long session,
      Connection connection,
      NodeListener listener,
      List<io.carillon.clocknode.core.NodeCommand.PartitionAt> open,
      List<Integer> close) {
    sessions.putIfAbsent(session, new SessionEnd(connection, listener));
    for (var at : open) {
      input((c, now) -> c.watch(session, at.partition(), at.epoch(), now));
    }
    for (int partition : close) {
      input((c, now) -> c.unwatch(session, partition));
    }
  }

  void push(
      long session,
      Connection connection,
      NodeListener listener,
      long batch,
      List<PushedPart> parts) {
    sessions.putIfAbsent(session, new SessionEnd(connection, listener));
    pushed(session, batch, parts);
  }

  /** A batch has come. */
  protected void pushed(long session, long batch, List<PushedPart> parts) {
    input((c, now) -> c.push(session, batch, parts, now));
  }

  void connectionEnded(long session, Connection connection) {
    SessionEnd end = sessions.get(session);
    if (end != null && end.connection == connection) {
      sessions.remove(session);
      input((c, now) -> c.heartbeatLost(session, now));
    }
  }
}
