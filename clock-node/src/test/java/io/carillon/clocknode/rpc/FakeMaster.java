package io.carillon.clocknode.rpc;

import com.google.protobuf.Any;
import com.google.rpc.Code;
import com.google.rpc.ErrorInfo;
import io.carillon.clocknode.core.ModelMaster;
import io.carillon.clocknode.core.PartitionUpdate;
import io.carillon.clocknode.core.Refusal;
import io.carillon.cluster.v1.AssignedPartition;
import io.carillon.cluster.v1.Assignment;
import io.carillon.cluster.v1.HeartbeatRequest;
import io.carillon.cluster.v1.HeartbeatResponse;
import io.carillon.cluster.v1.NodeServiceGrpc;
import io.carillon.cluster.v1.OpenPartition;
import io.carillon.cluster.v1.PartitionBatch;
import io.carillon.cluster.v1.PartitionRefusal;
import io.carillon.cluster.v1.PushFiresRequest;
import io.carillon.cluster.v1.PushFiresResponse;
import io.carillon.cluster.v1.RegisterRequest;
import io.carillon.cluster.v1.RegisterResponse;
import io.carillon.cluster.v1.WatchPartitionsRequest;
import io.carillon.cluster.v1.WatchPartitionsResponse;
import io.carillon.common.schedule.Occurrences;
import io.carillon.common.schedule.ScheduleSpec;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Function;

/** The model master behind gRPC on the loopback, for one node. Everything under one lock. */
final class FakeMaster extends NodeServiceGrpc.NodeServiceImplBase implements AutoCloseable {

  private static final Context.Key<String> SESSION = Context.key("session");
  private static final Metadata.Key<String> HEADER =
      Metadata.Key.of("carillon-session", Metadata.ASCII_STRING_MARSHALLER);

  final ModelMaster model;
  private final int partitions;
  private final Server server;
  private final TreeSet<Integer> watched = new TreeSet<>();
  private final boolean[] releasing;
  private final boolean[] given;
  private StreamObserver<HeartbeatResponse> heartbeats;
  private StreamObserver<WatchPartitionsResponse> watches;
  private StreamObserver<PushFiresResponse> pushes;
  private long session;
  private boolean assignmentDue;

  volatile int registrations;
  volatile int resent;
  volatile boolean fencing;
  volatile boolean refusing;

  /** Has other time zone rules than the node. */
  volatile boolean otherZones;

  /** Does not lead, and says that this one does; null: it leads. */
  volatile String leader;

  /** Takes calls and never answers, as one that stands still. */
  volatile boolean hanging;

  volatile String clusterUid = "";
  volatile int refused;
  volatile boolean silent;
  private long highestBatch;

  /** The next push breaks its stream: before it is recorded, or after and without an answer. */
  private boolean losePush;

  private boolean loseAcknowledgement;

  FakeMaster(int partitions, Function<String, Occurrences> specs) throws IOException {
    this.partitions = partitions;
    this.model = new ModelMaster(partitions, now(), specs);
    releasing = new boolean[partitions];
    given = new boolean[partitions];
    server = NettyServerBuilder.forPort(0).addService(this).intercept(new SessionReader()).build();
    server.start();
  }

  String address() {
    return "localhost:" + server.getPort();
  }

  /** Some day, by this machine's monotonic clock. */
  static long now() {
    return 1_800_000_000_000_000L + System.nanoTime() / 1000;
  }

  @Override
  public void close() {
    server.shutdownNow();
  }

  /** Changes something in the model, and tells the node if it watches. */
  synchronized void mutate(int partition, Function<ModelMaster, PartitionUpdate> mutation) {
    PartitionUpdate news = mutation.apply(model);
    if (news != null && watches != null && watched.contains(partition)) {
      watches.onNext(
          WatchPartitionsResponse.newBuilder().addUpdates(NodeMessages.message(news)).build());
    }
  }

  /** Breaks one of the streams, now or at the next push; the session is over. */
  synchronized void breakStream(SplittableRandom random) {
    losePush = random.nextInt(3) == 0;
    loseAcknowledgement = !losePush && random.nextBoolean();
    if (losePush || loseAcknowledgement) {
      return;
    }
    List<StreamObserver<?>> streams = new ArrayList<>();
    for (StreamObserver<?> stream : new StreamObserver<?>[] {heartbeats, watches, pushes}) {
      if (stream != null) {
        streams.add(stream);
      }
    }
    if (!streams.isEmpty()) {
      streams.get(random.nextInt(streams.size())).onError(broken());
      forget();
    }
  }

  /** Ends the session, as another leads now. */
  synchronized void moveTo(String nextLeader) {
    leader = nextLeader;
    for (StreamObserver<?> stream : new StreamObserver<?>[] {heartbeats, watches, pushes}) {
      stream.onError(notLeader());
    }
    forget();
  }

  private Exception notLeader() {
    return notLeader(leader);
  }

  static Exception notLeader(String leader) {
    return StatusProto.toStatusException(
        com.google.rpc.Status.newBuilder()
            .setCode(Code.UNAVAILABLE.getNumber())
            .addDetails(
                Any.pack(
                    ErrorInfo.newBuilder()
                        .setReason("NOT_LEADER")
                        .putMetadata("leader", leader)
                        .build()))
            .build());
  }

  private static Exception broken() {
    return Status.UNAVAILABLE.withDescription("broken on purpose").asException();
  }

  synchronized <T> T ask(Function<ModelMaster, T> question) {
    return question.apply(model);
  }

  private void forget() {
    heartbeats = null;
    watches = null;
    pushes = null;
    watched.clear();
    session++;
  }

  @Override
  public synchronized void register(
      RegisterRequest request, StreamObserver<RegisterResponse> answer) {
    if (fencing) {
      answer.onError(refusal(Code.FAILED_PRECONDITION, "NODE_FENCED"));
      return;
    }
    if (hanging) {
      refused++;
      return;
    }
    if (leader != null) {
      refused++;
      answer.onError(notLeader());
      return;
    }
    if (refusing) {
      answer.onError(Status.UNAVAILABLE.asException());
      return;
    }
    if (otherZones) {
      refused++;
      answer.onError(refusal(Code.FAILED_PRECONDITION, "TZDB_MISMATCH"));
      return;
    }
    if (!request.getTzdbVersion().equals(ScheduleSpec.tzdbVersion())) {
      answer.onError(Status.INVALID_ARGUMENT.asException());
      return;
    }
    registrations++;
    forget();
    assignmentDue = true;
    answer.onNext(
        RegisterResponse.newBuilder()
            .setSession(session)
            .setIncarnation(1)
            .setClusterUid(clusterUid)
            .setLeaderEpoch(1)
            .setPartitionCount(partitions)
            .setHeartbeatIntervalMicros(50_000)
            .setSessionTimeoutMicros(500_000)
            .build());
    answer.onCompleted();
  }

  private static Exception refusal(Code code, String reason) {
    return StatusProto.toStatusException(
        com.google.rpc.Status.newBuilder()
            .setCode(code.getNumber())
            .setMessage(reason)
            .addDetails(Any.pack(ErrorInfo.newBuilder().setReason(reason).build()))
            .build());
  }

  private boolean isCurrent() {
    return Long.toString(session).equals(SESSION.get());
  }

  @Override
  public synchronized StreamObserver<HeartbeatRequest> heartbeat(
      StreamObserver<HeartbeatResponse> answers) {
    boolean current = isCurrent();
    heartbeats = current ? answers : heartbeats;
    return new Hearing<>(answers, current, this::onHeartbeat);
  }

  @Override
  public synchronized StreamObserver<WatchPartitionsRequest> watchPartitions(
      StreamObserver<WatchPartitionsResponse> answers) {
    boolean current = isCurrent();
    watches = current ? answers : watches;
    return new Hearing<>(answers, current, this::onWatch);
  }

  @Override
  public synchronized StreamObserver<PushFiresRequest> pushFires(
      StreamObserver<PushFiresResponse> answers) {
    boolean current = isCurrent();
    pushes = current ? answers : pushes;
    return new Hearing<>(answers, current, this::onPush);
  }

  private void onHeartbeat(HeartbeatRequest request) {
    if (silent) {
      return;
    }
    if (request.getDraining() && !releasing[0]) {
      Arrays.fill(releasing, true);
      assignmentDue = true;
    }
    HeartbeatResponse.Builder answer =
        HeartbeatResponse.newBuilder()
            .setNodeSendMicros(request.getNodeSendMicros())
            .setMasterReceiveMicros(now());
    boolean all = true;
    Assignment.Builder assignment = Assignment.newBuilder();
    for (int i = 0; i < partitions; i++) {
      all &= given[i];
      if (!given[i]) {
        assignment.addPartitions(
            AssignedPartition.newBuilder()
                .setPartition(i)
                .setEpoch(model.epoch(i))
                .setRelease(releasing[i]));
      }
    }
    if (assignmentDue) {
      answer.setAssignment(assignment);
      assignmentDue = false;
    }
    answer.setReleased(request.getDraining() && all);
    heartbeats.onNext(answer.setMasterSendMicros(now()).build());
  }

  private void onWatch(WatchPartitionsRequest request) {
    for (OpenPartition open : request.getOpenList()) {
      watched.add(open.getPartition());
      for (PartitionUpdate update : model.list(open.getPartition(), open.getEpoch(), 50)) {
        watches.onNext(
            WatchPartitionsResponse.newBuilder().addUpdates(NodeMessages.message(update)).build());
      }
    }
    watched.removeAll(request.getCloseList());
  }

  private void onPush(PushFiresRequest request) {
    resent += request.getBatch() <= highestBatch ? 1 : 0;
    highestBatch = Math.max(highestBatch, request.getBatch());
    if (losePush) {
      losePush = false;
      pushes.onError(broken());
      forget();
      return;
    }
    PushFiresResponse.Builder answer =
        PushFiresResponse.newBuilder().setAcknowledgedBatch(request.getBatch());
    for (PartitionBatch part : request.getPartitionsList()) {
      // The node's estimate may be ahead by its error; the real master waits then.
      Refusal.Reason reason = model.accept(NodeMessages.part(part), now() + 2_000);
      if (reason != null) {
        answer.addRefusals(
            PartitionRefusal.newBuilder()
                .setPartition(part.getPartition())
                .setEpoch(part.getEpoch())
                .setReason(PartitionRefusal.Reason.valueOf(reason.name())));
      } else if (part.getFinal()) {
        given[part.getPartition()] = true;
      }
    }
    if (loseAcknowledgement) {
      loseAcknowledgement = false;
      pushes.onError(broken());
      forget();
    } else {
      pushes.onNext(answer.build());
    }
  }

  /** A request stream; nothing of an ended session is heard. */
  private final class Hearing<Q, R> implements StreamObserver<Q> {
    private final Consumer<Q> hear;
    private final long mine;

    Hearing(StreamObserver<R> answers, boolean current, Consumer<Q> hear) {
      this.hear = hear;
      mine = current ? session : -1;
      if (!current) {
        answers.onError(refusal(Code.FAILED_PRECONDITION, "SESSION_UNKNOWN"));
      }
    }

    @Override
    public void onNext(Q request) {
      synchronized (FakeMaster.this) {
        if (mine == session) {
          hear.accept(request);
        }
      }
    }

    @Override
    public void onError(Throwable cause) {
      onCompleted();
    }

    @Override
    public void onCompleted() {
      synchronized (FakeMaster.this) {
        if (mine == session) {
          forget();
        }
      }
    }
  }

  private static final class SessionReader implements ServerInterceptor {
    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
        ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
      String session = headers.get(HEADER);
      Context context = Context.current().withValue(SESSION, session == null ? "" : session);
      return Contexts.interceptCall(context, call, headers, next);
    }
  }
}
