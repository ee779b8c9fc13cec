package io.carillon.master.node;

import com.google.rpc.Code;
import io.carillon.cluster.v1.AssignedPartition;
import io.carillon.cluster.v1.Assignment;
import io.carillon.cluster.v1.HeartbeatResponse;
import io.carillon.cluster.v1.PartitionRefusal;
import io.carillon.cluster.v1.PushFiresResponse;
import io.carillon.master.api.call.ApiException;
import io.carillon.master.core.MasterCommand.Acknowledge;
import io.carillon.master.core.MasterCommand.Assigned;
import io.carillon.master.core.MasterCommand.EndSession;
import io.carillon.master.core.MasterCommand.RefuseWatch;
import io.carillon.master.core.MasterCommand.SendAssignment;
import io.carillon.master.core.MasterCommand.SendChange;
import io.carillon.master.core.MasterCommand.SendSnapshot;
import io.carillon.master.core.Refusal;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;

/**
 * The open streams of clock nodes, by session, and what the core sends on them. Methods do not
 * block; what is sent to a session without the stream is dropped, as the node will ask again.
 */
public final class NodeSessions {

  private final Map<Long, Streams> sessions = new ConcurrentHashMap<>();
  private final Executor executor;

  public NodeSessions(Executor executor) {
    this.executor = executor;
  }

  /** The streams of one session. Guarded by itself. */
  private static final class Streams {
    ServerCallStreamObserver<HeartbeatResponse> heartbeat;
    WatchStream watch;
    ServerCallStreamObserver<PushFiresResponse> push;
    long acknowledged;

    boolean isEmpty() {
      return heartbeat == null && watch == null && push == null;
    }
  }

  void openHeartbeat(long session, ServerCallStreamObserver<HeartbeatResponse> stream) {
    Streams streams = streams(session);
    synchronized (streams) {
      streams.heartbeat = stream;
    }
  }

  WatchStream openWatch(
      long session,
      ServerCallStreamObserver<io.carillon.cluster.v1.WatchPartitionsResponse> stream) {
    Streams streams = streams(session);
    WatchStream watch = new WatchStream(stream, executor);
    synchronized (streams) {
      streams.watch = watch;
    }
    return watch;
  }

  void openPush(long session, ServerCallStreamObserver<PushFiresResponse> stream) {
    Streams streams = streams(session);
    synchronized (streams) {
      streams.push = stream;
      streams.acknowledged = 0;
    }
  }

  /** A batch has come: what comes before the first of a stream is none of its concern. */
  void pushed(long session, ServerCallStreamObserver<PushFiresResponse> stream, long batch) {
    Streams streams = sessions.get(session);
    if (streams != null) {
      synchronized (streams) {
        if (streams.push == stream && streams.acknowledged == 0) {
          streams.acknowledged = batch - 1;
        }
      }
    }
  }

  private Streams streams(long session) {
    return sessions.computeIfAbsent(session, id -> new Streams());
  }

  /** A stream of a session has ended by itself. */
  void closed(long session, Object stream) {
    sessions.computeIfPresent(
        session,
        (id, streams) -> {
          synchronized (streams) {
            if (streams.heartbeat == stream) {
              streams.heartbeat = null;
            }
            if (streams.watch == stream) {
              streams.watch = null;
            }
            if (streams.push == stream) {
              streams.push = null;
            }
            return streams.isEmpty() ? null : streams;
          }
        });
  }

  /** Answers a heartbeat, from the thread that received it: what counts is when it is sent. */
  void answerHeartbeat(long session, HeartbeatResponse response) {
    Streams streams = sessions.get(session);
    if (streams != null) {
      synchronized (streams) {
        if (streams.heartbeat != null) {
          sent(streams.heartbeat, response);
        }
      }
    }
  }

  /** Whether the stream took it: one that its node has just cancelled throws, and is no loss. */
  private static <T> boolean sent(StreamObserver<T> stream, T message) {
    try {
      stream.onNext(message);
      return true;
    } catch (IllegalStateException | StatusRuntimeException e) {
      return false;
    }
  }

  public void send(SendAssignment command) {
    Assignment.Builder assignment = Assignment.newBuilder();
    for (Assigned assigned : command.partitions()) {
      assignment.addPartitions(
          AssignedPartition.newBuilder()
              .setPartition(assigned.partition())
              .setEpoch(assigned.epoch())
              .setRelease(assigned.release())
              .setStandby(assigned.standby())
              .setWatermarkMicros(assigned.watermark())
              .setAppliedVersion(assigned.applied()));
    }
    answerHeartbeat(
        command.session(),
        HeartbeatResponse.newBuilder()
            .setAssignment(assignment)
            .setReleased(command.released())
            .build());
  }

  public void send(SendSnapshot command) {
    WatchStream watch = watch(command.session());
    if (watch != null) {
      watch.send(command);
    }
  }

  public void send(SendChange command) {
    WatchStream watch = watch(command.session());
    if (watch != null) {
      watch.send(command);
    }
  }

  public void send(RefuseWatch command) {
    WatchStream watch = watch(command.session());
    if (watch != null) {
      watch.send(command);
    }
  }

  private WatchStream watch(long session) {
    Streams streams = sessions.get(session);
    if (streams == null) {
      return null;
    }
    synchronized (streams) {
      return streams.watch;
    }
  }

  public void send(Acknowledge command) {
    Streams streams = sessions.get(command.session());
    if (streams == null) {
      return;
    }
    PushFiresResponse.Builder response =
        PushFiresResponse.newBuilder().setAcknowledgedBatch(command.batch());
    for (Refusal refusal : command.refusals()) {
      response.addRefusals(
          PartitionRefusal.newBuilder()
              .setPartition(refusal.partition())
              .setEpoch(refusal.epoch())
              .setReason(
                  switch (refusal.reason()) {
                    case STALE_EPOCH -> PartitionRefusal.Reason.STALE_EPOCH;
                    case WATERMARK_MISMATCH -> PartitionRefusal.Reason.WATERMARK_MISMATCH;
                    case MALFORMED -> PartitionRefusal.Reason.MALFORMED;
                  }));
    }
    synchronized (streams) {
      if (streams.push != null && sent(streams.push, response.build())) {
        // Each batch that is settled makes room for another one.
        long settled = command.batch() - streams.acknowledged;
        streams.push.request((int) Math.max(1, Math.min(settled, NodeRpc.WINDOW)));
        streams.acknowledged = command.batch();
      }
    }
  }

  public void send(EndSession command) {
    end(
        command.session(),
        ApiException.of(
            command.fenced() ? Code.FAILED_PRECONDITION : Code.UNAVAILABLE,
            command.fenced() ? "NODE_FENCED" : "SESSION_UNKNOWN",
            command.reason(),
            Map.of()));
  }

  private void end(long session, ApiException reason) {
    Streams streams = sessions.remove(session);
    if (streams == null) {
      return;
    }
    StatusRuntimeException status = reason.toStatus();
    synchronized (streams) {
      end(streams.heartbeat, status);
      end(streams.push, status);
      if (streams.watch != null) {
        streams.watch.end(status);
      }
    }
  }

  /** Ends every stream, as the master stops. */
  public void closeAll(String reason) {
    for (Long session : sessions.keySet()) {
      send(new EndSession(session, false, reason));
    }
  }

  /**
   * Ends every stream, as another master leads now.
   *
   * @param leader where it takes nodes; empty if that is not known
   */
  public void moveAll(String leader) {
    for (Long session : sessions.keySet()) {
      end(
          session,
          ApiException.of(
              Code.UNAVAILABLE,
              "NOT_LEADER",
              "this master leads no more" + (leader.isEmpty() ? "" : ", but " + leader),
              leader.isEmpty() ? Map.of() : Map.of("leader", leader)));
    }
  }

  private static void end(StreamObserver<?> stream, StatusRuntimeException status) {
    if (stream != null) {
      try {
        stream.onError(status);
      } catch (IllegalStateException e) {
        // Ended by the other side already.
      }
    }
  }
}
