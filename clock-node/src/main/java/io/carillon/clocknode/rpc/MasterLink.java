package io.carillon.clocknode.rpc;

import io.carillon.clocknode.core.MasterChoice;
import io.carillon.clocknode.core.NodeCommand;
import io.carillon.cluster.v1.HeartbeatRequest;
import io.carillon.cluster.v1.HeartbeatResponse;
import io.carillon.cluster.v1.NodeServiceGrpc;
import io.carillon.cluster.v1.PushFiresResponse;
import io.carillon.cluster.v1.RegisterRequest;
import io.carillon.cluster.v1.RegisterResponse;
import io.carillon.cluster.v1.WatchPartitionsResponse;
import io.carillon.common.schedule.ScheduleSpec;
import io.grpc.ManagedChannel;
import java.util.SplittableRandom;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Keeps a session with the leading master, whichever address that has: registers, beats, and after
 * a loss tries the masters ({@link MasterChoice}) until one takes it.
 *
 * <p>States: away (until {@code connectAt}), registering, in session, closed. Each attempt has a
 * channel of its own, so nothing of a broken connection reaches into the next. A session in which
 * heartbeats are not answered for the session timeout is lost, too: the connection may look well
 * long after the master is gone, or while only one direction is left of it. A master that is cut
 * from its nodes alone goes on leading, and they go on trying all of them.
 *
 * <p>All methods on the loop thread, which has to call {@link #poll} by {@link #nextWakeMicros}.
 */
public final class MasterLink {

  private static final Logger LOG = LoggerFactory.getLogger(MasterLink.class);

  static final int PROTOCOL_VERSION = 1;

  private static final long GOODBYE_MILLIS = 200;

  /** The first exchanges on a connection are slow; the clock is worth some more of them. */
  private static final int QUICK_BEATS = 4;

  private enum State {
    AWAY,
    REGISTERING,
    IN_SESSION,
    CLOSED
  }

  private final LinkConfig config;
  private final Function<String, ManagedChannel> channels;
  private final Executor loop;
  private final LongSupplier monotonicMicros;
  private final LinkListener listener;
  private final MasterChoice masters;

  private final BatchMessages batches = new BatchMessages();

  private final NodeCommand.Handler commands = new Commands();
  private State state = State.AWAY;
  private long connectAt;
  private ManagedChannel channel;
  private MasterSession session;
  private long attempt;
  private long incarnation;
  private long leaderEpoch = -1;
  private long beatIntervalMicros;
  private long silenceMicros;
  private long registeredAt;
  private long nextBeat;
  private long lastHeard;
  private int beatsAnswered;
  private boolean failing;

  /** Whether the log says that this node's time zone rules are not the master's. */
  private boolean otherZonesTold;

  /**
   * @param loop runs what it is given on the loop thread, in order
   * @param monotonicMicros the node's monotonic clock, above 0; read on gRPC's threads, too
   */
  public MasterLink(
      LinkConfig config,
      Function<String, ManagedChannel> channels,
      Executor loop,
      LongSupplier monotonicMicros,
      SplittableRandom random,
      LinkListener listener) {
    this.config = config;
    this.channels = channels;
    this.loop = loop;
    this.monotonicMicros = monotonicMicros;
    this.listener = listener;
    this.masters = new MasterChoice(config.masters(), random::nextLong);
  }

  /** Does what is due: connects, beats, gives up on a silent master. */
  public void poll(long now) {
    if (state == State.AWAY && now >= connectAt) {
      register();
    } else if (state == State.IN_SESSION) {
      if (now > lastHeard + silenceMicros) {
        lost("no answer to heartbeats for %d ms".formatted((now - lastHeard) / 1000), null, true);
      } else if (now >= nextBeat) {
        beat(now);
      }
    }
  }

  /** When {@link #poll} has something to do. */
  public long nextWakeMicros() {
    return switch (state) {
      case AWAY -> connectAt;
      case IN_SESSION -> Math.min(nextBeat, lastHeard + silenceMicros + 1);
      case REGISTERING, CLOSED -> Long.MAX_VALUE;
    };
  }

  /** Has the next heartbeat sent at the next poll. */
  public void beatSoon() {
    nextBeat = 0;
  }

  /** Carries a command out; without a session it is void. */
  public void perform(NodeCommand command) {
    command.accept(commands);
  }

  private final class Commands implements NodeCommand.Handler {

    @Override
    public void on(NodeCommand.Announce command) {
      LOG.atLevel(command.trouble() ? Level.WARN : Level.INFO)
          .log("node {}: {}", config.nodeId(), command.text());
    }

    @Override
    public void on(NodeCommand.Push command) {
      if (session != null) {
        session.push(batches.of(command.batch()));
      }
    }

    @Override
    public void on(NodeCommand.Open command) {
      if (session != null) {
        session.watch(Wire.open(command.partitions()));
      }
    }

    @Override
    public void on(NodeCommand.Close command) {
      if (session != null) {
        session.watch(Wire.close(command.partitions()));
      }
    }
  }

  /**
   * Ends the session for good.
   *
   * @param orderly half-close the streams and leave the master some time to do the same
   */
  public void close(boolean orderly) {
    state = State.CLOSED;
    if (session != null) {
      session.end(orderly);
      session = null;
    }
    if (channel != null) {
      if (orderly) {
        awaitEnd(channel.shutdown());
      }
      channel.shutdownNow();
    }
  }

  private static void awaitEnd(ManagedChannel channel) {
    try {
      channel.awaitTermination(GOODBYE_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void register() {
    state = State.REGISTERING;
    String master = masters.choose();
    long number = ++attempt;
    RegisterRequest request =
        RegisterRequest.newBuilder()
            .setNodeId(config.nodeId())
            .setInstance(config.instance())
            .setIncarnation(incarnation)
            .setProtocolVersion(PROTOCOL_VERSION)
            .setWeight(config.weight())
            .setProgramVersion(config.programVersion())
            .setLocation(config.location())
            .setTzdbVersion(ScheduleSpec.tzdbVersion())
            .setSecret(config.secret())
            .build();
    channel = channels.apply(master);
    NodeServiceGrpc.newStub(channel)
        .withDeadlineAfter(masters.timeoutMicros(), TimeUnit.MICROSECONDS)
        .register(
            request,
            MasterSession.single(
                loop,
                (response, cause) -> {
                  if (number == attempt && state == State.REGISTERING) {
                    if (response == null) {
                      failed(cause);
                    } else {
                      registered(response, master);
                    }
                  }
                }));
  }

  private void registered(RegisterResponse response, String master) {
    if (!listener.isHome(response.getClusterUid())) {
      state = State.CLOSED;
      channel.shutdownNow();
      return;
    }
    boolean newLeader = response.getLeaderEpoch() != leaderEpoch;
    LOG.info(
        "node {} registered with {}: incarnation {}, session {}, leader epoch {}",
        config.nodeId(),
        master,
        response.getIncarnation(),
        response.getSession(),
        response.getLeaderEpoch());
    failing = false;
    masters.onRegistered();
    otherZonesTold = false;
    incarnation = response.getIncarnation();
    leaderEpoch = response.getLeaderEpoch();
    beatIntervalMicros = Math.max(10_000, response.getHeartbeatIntervalMicros());
    silenceMicros = Math.max(2 * beatIntervalMicros, response.getSessionTimeoutMicros());
    registeredAt = monotonicMicros.getAsLong();
    lastHeard = registeredAt;
    beatsAnswered = 0;
    state = State.IN_SESSION;
    session = new MasterSession(channel, response, loop, monotonicMicros, new SessionEar());
    beat(registeredAt);
    listener.onRegistered(newLeader);
  }

  private void beat(long now) {
    LinkListener.Pulse pulse = listener.pulse(now);
    session.heartbeat(
        HeartbeatRequest.newBuilder()
            .setNodeSendMicros(monotonicMicros.getAsLong())
            .setDraining(pulse.draining())
            .setClockOffsetMicros(pulse.clockOffset())
            .setClockErrorMicros(pulse.clockError())
            .setScheduleCount(pulse.schedules())
            .setUnacknowledgedEvents(pulse.pendingEvents())
            .setClusterTimeMicros(pulse.clusterTime())
            .build());
    nextBeat = now + beatIntervalMicros;
  }

  private void lost(String reason, Throwable cause, boolean silent) {
    LOG.info("node {} lost its session: {}; it ticks on", config.nodeId(), reason);
    session.end(false);
    session = null;
    long now = monotonicMicros.getAsLong();
    long answered = beatsAnswered > 0 ? now - registeredAt : 0;
    connectAt = now + masters.onLost(answered, silent, LinkFailures.of(cause));
    leave();
    listener.onSessionLost();
  }

  private void failed(Throwable cause) {
    if (LinkFailures.hasReason(cause, "NODE_FENCED")) {
      fenced(cause);
      return;
    }
    if (LinkFailures.hasReason(cause, "NODE_ID_TAKEN")) {
      state = State.CLOSED;
      channel.shutdownNow();
      listener.onIdTaken(LinkFailures.text(cause));
      return;
    }
    boolean otherZones = LinkFailures.hasReason(cause, "TZDB_MISMATCH");
    if (otherZones && !otherZonesTold) {
      otherZonesTold = true;
      LOG.error(
          "node {} is refused by {} for its time zone rules, and tries again until they are the"
              + " master's: {}",
          config.nodeId(),
          masters.current(),
          LinkFailures.text(cause));
    } else if (!otherZones && !failing) {
      failing = true;
      LOG.warn(
          "node {} cannot register with {}, goes on trying all of {}: {}",
          config.nodeId(),
          masters.current(),
          config.masters(),
          LinkFailures.text(cause));
    } else {
      LOG.debug(
          "node {} cannot register with {}: {}",
          config.nodeId(),
          masters.current(),
          LinkFailures.text(cause));
    }
    connectAt = monotonicMicros.getAsLong() + masters.onFailure(LinkFailures.of(cause));
    leave();
  }

  /** On to the next master, perhaps after a while. */
  private void leave() {
    state = State.AWAY;
    channel.shutdownNow();
    channel = null;
  }

  private void fenced(Throwable cause) {
    state = State.CLOSED;
    session = null;
    channel.shutdownNow();
    listener.onFenced(
        "another instance runs under the id %s, so this one has to stop: %s"
            .formatted(config.nodeId(), LinkFailures.text(cause)));
  }

  /** What the session's streams bring. */
  private final class SessionEar implements MasterSession.Listener {
    @Override
    public void onHeartbeat(HeartbeatResponse response, long receivedMicros) {
      lastHeard = receivedMicros;
      if (response.getNodeSendMicros() != 0) {
        listener.onClockExchange(
            response.getNodeSendMicros(),
            response.getMasterReceiveMicros(),
            response.getMasterSendMicros(),
            receivedMicros);
        if (++beatsAnswered < QUICK_BEATS) {
          beatSoon();
        }
      }
      if (response.hasAssignment()) {
        listener.onAssignment(Wire.assignment(response.getAssignment()));
      }
      if (response.getReleased()) {
        listener.onReleased();
      }
    }

    @Override
    public void onWatch(WatchPartitionsResponse response) {
      for (io.carillon.cluster.v1.PartitionUpdate update : response.getUpdatesList()) {
        listener.onPartitionUpdate(Wire.update(update));
      }
    }

    @Override
    public void onPush(PushFiresResponse response) {
      batches.forget(response.getAcknowledgedBatch());
      listener.onAcknowledged(response.getAcknowledgedBatch(), Wire.refusals(response));
    }

    @Override
    public void onEnd(Throwable cause) {
      if (LinkFailures.hasReason(cause, "NODE_FENCED")) {
        fenced(cause);
        listener.onSessionLost();
      } else {
        lost(cause == null ? "the master ended a stream" : LinkFailures.text(cause), cause, false);
      }
    }
  }
}
