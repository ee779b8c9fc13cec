package io.carillon.master.node;

import com.google.common.hash.Hashing;
import com.google.protobuf.ByteString;
import com.google.rpc.Code;
import io.carillon.cluster.v1.HeartbeatRequest;
import io.carillon.cluster.v1.HeartbeatResponse;
import io.carillon.cluster.v1.NodeServiceGrpc;
import io.carillon.cluster.v1.OpenPartition;
import io.carillon.cluster.v1.PartitionBatch;
import io.carillon.cluster.v1.PushFiresRequest;
import io.carillon.cluster.v1.PushFiresResponse;
import io.carillon.cluster.v1.RegisterRequest;
import io.carillon.cluster.v1.RegisterResponse;
import io.carillon.cluster.v1.WatchPartitionsRequest;
import io.carillon.cluster.v1.WatchPartitionsResponse;
import io.carillon.common.fire.SkipReason;
import io.carillon.common.time.TimeSource;
import io.carillon.master.api.call.ApiException;
import io.carillon.master.core.CoreSettings;
import io.carillon.master.core.Node.Candidate;
import io.carillon.master.core.Node.Denial;
import io.carillon.master.core.Node.NodeReport;
import io.carillon.master.core.Node.Registration;
import io.carillon.master.core.PushedPart;
import io.carillon.master.core.PushedPart.SkippedRun;
import io.carillon.master.loop.LeaderLoop;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** NodeService: turns the streams of clock nodes into inputs of the core. Decides nothing. */
public final class NodeRpc extends NodeServiceGrpc.NodeServiceImplBase {

  /** Unsettled batches that a node may have on its way. */
  static final int WINDOW = 32;

  public static final int PROTOCOL_VERSION = 1;

  /** Names the session that a stream is of. */
  public static final Metadata.Key<String> SESSION =
      Metadata.Key.of("carillon-session", Metadata.ASCII_STRING_MARSHALLER);

  private static final Logger log = LoggerFactory.getLogger(NodeRpc.class);
  private static final SecureRandom CHANCE = new SecureRandom();
  private static final Context.Key<Long> SESSION_OF_CALL = Context.key("carillon-session");

  private final LeaderLoop loop;
  private final NodeSessions sessions;
  private final TimeSource time;
  private final CoreSettings settings;
  private final String clusterUid;
  private final long leaderEpoch;
  private final int partitions;
  private final Function<ByteString, String> secretHash;

  /** Used by the core's thread alone. */
  private long tellFrom = Long.MIN_VALUE;

  /**
   * @param secretHash of the secret that a node shows: what it was bound to
   */
  public NodeRpc(
      LeaderLoop loop,
      NodeSessions sessions,
      TimeSource time,
      CoreSettings settings,
      String clusterUid,
      long leaderEpoch,
      int partitions,
      Function<ByteString, String> secretHash) {
    this.loop = loop;
    this.sessions = sessions;
    this.time = time;
    this.settings = settings;
    this.clusterUid = clusterUid;
    this.leaderEpoch = leaderEpoch;
    this.partitions = partitions;
    this.secretHash = secretHash;
  }

  /** What is kept of a node's secret: nobody can find a secret that has it. */
  public static String hash(ByteString secret) {
    return Hashing.sha256().hashBytes(secret.toByteArray()).toString();
  }

  /** Puts the session that a stream names where its handler finds it. */
  public static ServerInterceptor sessionInterceptor() {
    return new ServerInterceptor() {
      @Override
      public <Q, R> ServerCall.Listener<Q> interceptCall(
          ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
        String text = headers.get(SESSION);
        long session = 0;
        try {
          session = text == null ? 0 : Long.parseLong(text);
        } catch (NumberFormatException e) {
          // As if it had none: the core knows no session 0.
        }
        Context context = Context.current().withValue(SESSION_OF_CALL, session);
        return Contexts.interceptCall(context, call, headers, next);
      }
    };
  }

  @Override
  public void register(RegisterRequest request, StreamObserver<RegisterResponse> caller) {
    try {
      NodeChecks.check(request);
    } catch (ApiException e) {
      caller.onError(e.toStatus());
      return;
    }
    Candidate candidate =
        new Candidate(
            request.getNodeId(),
            request.getInstance(),
            request.getIncarnation(),
            request.getWeight(),
            request.getLocation(),
            request.getProgramVersion(),
            secretHash.apply(request.getSecret()));
    long session = CHANCE.nextLong();
    loop.submit(
        (core, now) ->
            core.register(candidate, session, answer -> answer(caller, candidate, answer), now));
  }

  private void answer(
      StreamObserver<RegisterResponse> caller, Candidate candidate, Registration registration) {
    ApiException refusal = refusal(candidate, registration);
    if (refusal != null) {
      tell(candidate, registration);
      caller.onError(refusal.toStatus());
      return;
    }
    caller.onNext(
        RegisterResponse.newBuilder()
            .setSession(registration.session())
            .setIncarnation(registration.incarnation())
            .setClusterUid(clusterUid)
            .setLeaderEpoch(leaderEpoch)
            .setPartitionCount(partitions)
            .setHeartbeatIntervalMicros(settings.heartbeatInterval())
            .setSessionTimeoutMicros(settings.sessionTimeout())
            .build());
    caller.onCompleted();
  }

  /** Null if the node is taken. */
  private static ApiException refusal(Candidate candidate, Registration registration) {
    String why = registration.refusal();
    Map<String, String> node = Map.of("node", candidate.id());
    return switch (registration.denial()) {
      case NONE -> null;
      case FENCED -> ApiException.of(Code.FAILED_PRECONDITION, "NODE_FENCED", why, node);
      case ID_TAKEN -> ApiException.of(Code.PERMISSION_DENIED, "NODE_ID_TAKEN", why, node);
      case TOO_MANY_NODES -> ApiException.of(Code.RESOURCE_EXHAUSTED, "TOO_MANY_NODES", why, node);
      case NOT_STORED -> ApiException.of(Code.INVALID_ARGUMENT, "NODE_NOT_STORED", why, node);
    };
  }

  /** Tells the log of somebody who wants to be another, once a second at most. */
  private void tell(Candidate candidate, Registration refused) {
    long now = time.monotonicMicros();
    if (refused.denial() == Denial.ID_TAKEN && now >= tellFrom) {
      tellFrom = now + 1_000_000;
      log.warn("refused a node that calls itself {}: {}", candidate.location(), refused.refusal());
    }
  }

  @Override
  public StreamObserver<HeartbeatRequest> heartbeat(StreamObserver<HeartbeatResponse> responses) {
    long session = SESSION_OF_CALL.get();
    ServerCallStreamObserver<HeartbeatResponse> stream =
        (ServerCallStreamObserver<HeartbeatResponse>) responses;
    sessions.openHeartbeat(session, stream);
    return new NodeStream<>(
        session,
        stream,
        () -> {
          sessions.closed(session, stream);
          loop.submit((core, now) -> core.heartbeatLost(session, now));
        }) {
      @Override
      void take(HeartbeatRequest request) {
        long received = time.nowMicros();
        NodeReport report = NodeChecks.report(request);
        loop.submit((core, now) -> core.heartbeat(session, report, now));
        sessions.answerHeartbeat(
            session,
            HeartbeatResponse.newBuilder()
                .setNodeSendMicros(request.getNodeSendMicros())
                .setMasterReceiveMicros(received)
                .setMasterSendMicros(time.nowMicros())
                .build());
      }
    };
  }

  @Override
  public StreamObserver<WatchPartitionsRequest> watchPartitions(
      StreamObserver<WatchPartitionsResponse> responses) {
    long session = SESSION_OF_CALL.get();
    ServerCallStreamObserver<WatchPartitionsResponse> stream =
        (ServerCallStreamObserver<WatchPartitionsResponse>) responses;
    WatchStream watch = sessions.openWatch(session, stream);
    stream.setOnReadyHandler(watch::ready);
    return new NodeStream<>(session, stream, () -> sessions.closed(session, watch)) {
      @Override
      void take(WatchPartitionsRequest request) {
        NodeChecks.check(request, partitions);
        for (OpenPartition open : request.getOpenList()) {
          loop.submit(
              (core, now) -> core.watch(session, open.getPartition(), open.getEpoch(), now));
        }
        for (int partition : request.getCloseList()) {
          loop.submit((core, now) -> core.unwatch(session, partition));
        }
      }
    };
  }

  @Override
  public StreamObserver<PushFiresRequest> pushFires(StreamObserver<PushFiresResponse> responses) {
    long session = SESSION_OF_CALL.get();
    ServerCallStreamObserver<PushFiresResponse> stream =
        (ServerCallStreamObserver<PushFiresResponse>) responses;
    stream.disableAutoRequest();
    stream.request(WINDOW);
    sessions.openPush(session, stream);
    return new NodeStream<>(session, stream, () -> sessions.closed(session, stream)) {
      @Override
      void take(PushFiresRequest request) {
        NodeChecks.check(request);
        sessions.pushed(session, stream, request.getBatch());
        List<PushedPart> parts = new ArrayList<>(request.getPartitionsCount());
        for (PartitionBatch batch : request.getPartitionsList()) {
          parts.add(part(batch));
        }
        loop.submit((core, now) -> core.push(session, request.getBatch(), parts, now));
      }
    };
  }

  /** Columns of unequal length become a part that the core refuses as malformed. */
  private static PushedPart part(PartitionBatch batch) {
    int size = batch.getScheduleCount();
    boolean fits = batch.getDueDeltaMicrosCount() == size && batch.getVersionCount() == size;
    long[] schedule = new long[size];
    long[] due = new long[size];
    long[] version = new long[size];
    long time = 0;
    for (int i = 0; i < size && fits; i++) {
      time += batch.getDueDeltaMicros(i);
      schedule[i] = batch.getSchedule(i);
      due[i] = time;
      version[i] = batch.getVersion(i);
    }
    List<SkippedRun> skipped = new ArrayList<>(batch.getSkippedCount());
    for (io.carillon.cluster.v1.SkippedRun run : batch.getSkippedList()) {
      skipped.add(
          new SkippedRun(
              run.getSchedule(),
              run.getVersion(),
              run.getFirstNominalMicros(),
              run.getLastNominalMicros(),
              run.getCount(),
              reason(run.getReason())));
    }
    return new PushedPart(
        batch.getPartition(),
        batch.getEpoch(),
        batch.getPreviousWatermarkMicros(),
        batch.getPreviousAppliedVersion(),
        fits ? batch.getNewWatermarkMicros() : Long.MAX_VALUE,
        batch.getAppliedVersion(),
        schedule,
        due,
        version,
        skipped,
        batch.getFinal());
  }

  /** One that is not known allows nothing. */
  private static SkipReason reason(io.carillon.cluster.v1.SkippedRun.Reason reason) {
    return switch (reason) {
      case CATCHUP_WINDOW -> SkipReason.CATCHUP_WINDOW;
      case CATCHUP_LIMIT -> SkipReason.CATCHUP_LIMIT;
      case CATCHUP_NONE -> SkipReason.CATCHUP_NONE;
      case REASON_UNSPECIFIED, UNRECOGNIZED -> SkipReason.NONE;
    };
  }

  /** How a node's stream ends. */
  private abstract static class NodeStream<Q> implements StreamObserver<Q> {
    private final StreamObserver<?> responses;
    private final Runnable onEnd;
    private boolean refused;

    NodeStream(long session, ServerCallStreamObserver<?> responses, Runnable onEnd) {
      this.responses = responses;
      this.onEnd = onEnd;
      if (session == 0) {
        responses.onError(
            ApiException.of(
                    Code.UNAVAILABLE,
                    "SESSION_UNKNOWN",
                    "the stream names no session: register first",
                    Map.of())
                .toStatus());
      }
    }

    /**
     * @throws ApiException if the message is not one that a node may send
     */
    abstract void take(Q message);

    @Override
    public void onNext(Q message) {
      if (refused) {
        return;
      }
      try {
        take(message);
      } catch (ApiException e) {
        refused = true;
        onEnd.run();
        endWith(e);
      }
    }

    private void endWith(ApiException reason) {
      try {
        responses.onError(reason.toStatus());
      } catch (IllegalStateException e) {
        // Ended from our side at the same time.
      }
    }

    @Override
    public void onError(Throwable failure) {
      onEnd.run();
    }

    @Override
    public void onCompleted() {
      onEnd.run();
      try {
        responses.onCompleted();
      } catch (IllegalStateException e) {
        // Ended from our side at the same time.
      }
    }
  }
}
