package io.carillon.simulation.cluster;

import io.carillon.clocknode.core.FireBatch;
import io.carillon.clocknode.core.MasterChoice;
import io.carillon.clocknode.core.MasterChoice.Ending;
import io.carillon.clocknode.core.MasterChoice.Failure;
import io.carillon.clocknode.core.NodeCommand;
import io.carillon.clocknode.core.PartitionUpdate;
import io.carillon.master.core.MasterCommand.Acknowledge;
import io.carillon.master.core.MasterCommand.SendAssignment;
import io.carillon.master.core.Node.NodeReport;
import io.carillon.master.core.Node.Registration;
import io.carillon.master.core.PushedPart;
import io.carillon.simulation.world.Connection;
import io.carillon.simulation.world.SimProcess;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/**
 * A node's way to the leader: registers, beats, and after a loss tries the masters, as the link of
 * a real node does.
 */
final class NodeLink {

  private static final int QUICK_BEATS = 4;

  private enum State {
    AWAY,
    REGISTERING,
    IN_SESSION,
    CLOSED
  }

  private final World world;
  private final SimNode node;
  private final SimProcess process;
  private final String instance;
  private final MasterChoice masters;
  private final NodeCommand.Handler commands = new Commands();
  private State state = State.AWAY;
  private long connectAt;
  private long attempt;
  private long incarnation;
  private long leaderEpoch = -1;
  private long session;
  private Connection connection;
  private SimMaster master;
  private Listener listener;
  private long registeredAt;
  private long nextBeat;
  private long lastHeard;
  private int beatsAnswered;

  NodeLink(World world, SimNode node, SplittableRandom random, String instance) {
    this.world = world;
    this.node = node;
    this.process = node.process();
    this.instance = instance;
    List<String> names = new ArrayList<>(world.masters.stream().map(SimMaster::name).toList());
    Collections.rotate(names, random.nextInt(names.size()));
    this.masters = new MasterChoice(names, random::nextLong);
  }

  boolean isInSession() {
    return state == State.IN_SESSION;
  }

  boolean isClosed() {
    return state == State.CLOSED;
  }

  void poll(long now) {
    if (state == State.AWAY && now >= connectAt) {
      register();
    } else if (state == State.IN_SESSION) {
      if (now > lastHeard + world.core.sessionTimeout()) {
        world.bites.count("master silent to a node");
        lost("silence", true, now);
      } else if (now >= nextBeat) {
        beat(now);
      }
    }
  }

  long nextWake() {
    return switch (state) {
      case AWAY -> connectAt;
      case IN_SESSION -> Math.min(nextBeat, lastHeard + world.core.sessionTimeout() + 1);
      case REGISTERING, CLOSED -> Long.MAX_VALUE;
    };
  }

  void beatSoon() {
    nextBeat = 0;
  }

  void close() {
    state = State.CLOSED;
    if (connection != null) {
      connection.close(process, "node stops");
      connection = null;
    }
  }

  void perform(NodeCommand command) {
    command.accept(commands);
  }

  /** What needs a session is void without one. */
  private final class Commands implements NodeCommand.Handler {

    @Override
    public void on(NodeCommand.Announce command) {
      world.trace.note("", 0, () -> node.name() + ": " + command.text());
    }

    @Override
    public void on(NodeCommand.Push command) {
      if (state == State.IN_SESSION) {
        push(command.batch());
      }
    }

    @Override
    public void on(NodeCommand.Open command) {
      if (state == State.IN_SESSION) {
        toLeader(1, "open", (l, s, c, e) -> l.watch(s, c, e, command.partitions(), List.of()));
      }
    }

    @Override
    public void on(NodeCommand.Close command) {
      if (state == State.IN_SESSION) {
        toLeader(1, "close", (l, s, c, e) -> l.watch(s, c, e, List.of(), command.partitions()));
      }
    }
  }

  private void push(FireBatch batch) {
    List<PushedPart> parts =
        batch.parts().stream().map(part -> node.message(batch.number(), part)).toList();
    for (PushedPart part : parts) {
      world.checker.pushed(node.id(), part);
    }
    toLeader(2, "push", (l, s, c, e) -> l.push(s, c, e, batch.number(), parts));
  }

  /** A message of a session to the leader of that master. */
  private interface ToLeader {
    void send(SimLeader leader, long session, Connection connection, Listener listener);
  }

  private void toLeader(int stream, String label, ToLeader message) {
    long ofSession = session;
    Connection over = connection;
    Listener by = listener;
    SimMaster to = master;
    over.toServer(
        stream,
        label,
        () -> {
          SimLeader leader = to.leader();
          if (leader == null || !leader.isServing()) {
            over.close(to.process(), "not leader");
          } else {
            message.send(leader, ofSession, over, by);
          }
        });
  }

  private void register() {
    state = State.REGISTERING;
    long number = ++attempt;
    SimMaster to = world.master(masters.choose());
    long known = incarnation;
    world.network.call(
        process,
        to.process(),
        "register",
        masters.timeoutMicros(),
        caller -> {
          SimLeader leader = to.leader();
          if (leader == null || !leader.isServing()) {
            Failure refusal = new Failure(Ending.NOT_LEADER, to.knownLeader());
            caller.reply(() -> ifCurrent(number, () -> failed(refusal)));
          } else {
            long epoch = leader.epoch();
            leader.register(
                node.id(),
                instance,
                known,
                answer -> caller.reply(() -> ifCurrent(number, () -> answered(answer, epoch, to))));
          }
        },
        reason -> {
          Ending ending = reason.startsWith("no answer") ? Ending.UNANSWERED : Ending.OTHER;
          ifCurrent(number, () -> failed(new Failure(ending, "")));
        });
  }

  private void failed(Failure why) {
    connectAt = node.mono() + masters.onFailure(why);
    state = State.AWAY;
  }

  private void ifCurrent(long number, Runnable action) {
    if (number == attempt && state == State.REGISTERING) {
      action.run();
      node.round();
    }
  }

  private void answered(Registration answer, long epoch, SimMaster by) {
    if (answer.session() == 0) {
      fenced(answer.refusal());
      return;
    }
    masters.onRegistered();
    boolean newLeader = epoch != leaderEpoch;
    leaderEpoch = epoch;
    incarnation = answer.incarnation();
    session = answer.session();
    master = by;
    long now = node.mono();
    registeredAt = now;
    lastHeard = now;
    beatsAnswered = 0;
    state = State.IN_SESSION;
    long ofSession = session;
    Connection[] opened = new Connection[1];
    listener = new Listener(ofSession);
    Listener mine = listener;
    opened[0] =
        world.network.connect(
            process,
            by.process(),
            reason -> mine.ended(false, reason),
            reason -> {
              SimLeader leader = by.leader();
              if (leader != null) {
                leader.connectionEnded(ofSession, opened[0]);
              }
            });
    connection = opened[0];
    beat(now);
    node.onRegistered(newLeader);
  }

  private void beat(long now) {
    NodeReport report = node.pulse(now);
    long sent = node.mono();
    toLeader(0, "heartbeat", (l, s, c, e) -> l.heartbeat(s, c, e, report, sent));
    nextBeat = now + world.core.heartbeatInterval();
  }

  private void lost(String reason, boolean silent, long now) {
    world.trace.note("", session, () -> node.name() + " lost its session: " + reason);
    connection.close(process, reason);
    connection = null;
    long answered = beatsAnswered > 0 ? now - registeredAt : 0;
    connectAt = now + masters.onLost(answered, silent, new Failure(Ending.OTHER, ""));
    state = State.AWAY;
    node.onSessionLost();
  }

  private void fenced(String reason) {
    world.bites.count("node fenced");
    state = State.CLOSED;
    node.onFenced(reason);
  }

  /** Hears of one session, as long as it is the present one. */
  private final class Listener implements SimLeader.NodeListener {
    private final long ofSession;

    Listener(long ofSession) {
      this.ofSession = ofSession;
    }

    private void hear(Runnable action) {
      if (state == State.IN_SESSION && session == ofSession) {
        action.run();
        node.round();
      }
    }

    private void hear(Consumer<SimNode> action) {
      hear(() -> action.accept(node));
    }

    @Override
    public void heartbeat(long nodeSend, long masterReceive, long masterSend) {
      hear(
          () -> {
            lastHeard = node.mono();
            node.onClockExchange(nodeSend, masterReceive, masterSend, lastHeard);
            if (++beatsAnswered < QUICK_BEATS) {
              beatSoon();
            }
          });
    }

    @Override
    public void assignment(SendAssignment assignment) {
      hear(n -> n.onAssignment(Messages.assignment(assignment), assignment.released()));
    }

    @Override
    public void update(List<PartitionUpdate> updates) {
      hear(n -> updates.forEach(n::onPartitionUpdate));
    }

    @Override
    public void acknowledged(Acknowledge acknowledge) {
      hear(n -> n.onAcknowledged(acknowledge.batch(), Messages.refusals(acknowledge.refusals())));
    }

    @Override
    public void ended(boolean fencedOff, String reason) {
      hear(
          () -> {
            if (fencedOff) {
              fenced(reason);
            } else {
              lost(reason, false, node.mono());
            }
          });
    }
  }
}
