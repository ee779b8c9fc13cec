package io.carillon.cli;

import com.google.protobuf.Empty;
import com.google.protobuf.Timestamp;
import io.carillon.v1.Cluster;
import io.carillon.v1.ClusterEvent;
import io.carillon.v1.ClusterServiceGrpc;
import io.carillon.v1.CreateDestinationRequest;
import io.carillon.v1.CronRule;
import io.carillon.v1.DeleteDestinationRequest;
import io.carillon.v1.DeleteNodeRequest;
import io.carillon.v1.DeliveredFire;
import io.carillon.v1.DeliveryServiceGrpc;
import io.carillon.v1.Destination;
import io.carillon.v1.DestinationServiceGrpc;
import io.carillon.v1.DrainNodeRequest;
import io.carillon.v1.ExplainFireRequest;
import io.carillon.v1.ExplainFireResponse;
import io.carillon.v1.Fire;
import io.carillon.v1.FireServiceGrpc;
import io.carillon.v1.GetClusterRequest;
import io.carillon.v1.GetDestinationRequest;
import io.carillon.v1.ListDestinationsRequest;
import io.carillon.v1.ListDestinationsResponse;
import io.carillon.v1.ListFiresRequest;
import io.carillon.v1.ListFiresResponse;
import io.carillon.v1.ListNodesRequest;
import io.carillon.v1.ListNodesResponse;
import io.carillon.v1.ListParkedFiresRequest;
import io.carillon.v1.ListParkedFiresResponse;
import io.carillon.v1.ListPartitionsRequest;
import io.carillon.v1.ListPartitionsResponse;
import io.carillon.v1.Node;
import io.carillon.v1.NodeJoined;
import io.carillon.v1.ParkedFire;
import io.carillon.v1.Partition;
import io.carillon.v1.PartitionsMoved;
import io.carillon.v1.RehearseFailoverRequest;
import io.carillon.v1.RehearseFailoverResponse;
import io.carillon.v1.Rule;
import io.carillon.v1.ScheduleSpec;
import io.carillon.v1.SubscribeRequest;
import io.carillon.v1.SubscribeResponse;
import io.carillon.v1.TailFiresRequest;
import io.carillon.v1.TailFiresResponse;
import io.carillon.v1.UnionRule;
import io.carillon.v1.VerifyCompletenessRequest;
import io.carillon.v1.VerifyCompletenessResponse;
import io.carillon.v1.WatchEventsRequest;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** The other services of {@link FakeMaster}, each just as much as its commands need. */
final class FakeServices {

  private static final String TENANT = "tenants/default";

  private FakeServices() {}

  private static <T> void answer(StreamObserver<T> observer, T answer) {
    observer.onNext(answer);
    observer.onCompleted();
  }

  static final class Destinations extends DestinationServiceGrpc.DestinationServiceImplBase {
    private final TreeMap<String, Destination> stored = new TreeMap<>();

    Destinations() {
      String name = TENANT + "/destinations/default";
      stored.put(
          name, Destination.newBuilder().setName(name).setKind(Destination.Kind.STREAM).build());
    }

    @Override
    public synchronized void createDestination(
        CreateDestinationRequest request, StreamObserver<Destination> observer) {
      String name = request.getParent() + "/destinations/" + request.getDestinationId();
      Destination made = request.getDestination().toBuilder().setName(name).build();
      if (stored.putIfAbsent(name, made) != null) {
        observer.onError(Status.ALREADY_EXISTS.withDescription(name + " exists").asException());
      } else {
        answer(observer, made);
      }
    }

    @Override
    public synchronized void getDestination(
        GetDestinationRequest request, StreamObserver<Destination> observer) {
      Destination found = stored.get(request.getName());
      if (found == null) {
        observer.onError(
            Status.NOT_FOUND.withDescription("no destination " + request.getName()).asException());
      } else {
        answer(observer, found);
      }
    }

    @Override
    public synchronized void listDestinations(
        ListDestinationsRequest request, StreamObserver<ListDestinationsResponse> observer) {
      answer(
          observer,
          ListDestinationsResponse.newBuilder().addAllDestinations(stored.values()).build());
    }

    /** Two, the second a dead letter. */
    @Override
    public synchronized void listParkedFires(
        ListParkedFiresRequest request, StreamObserver<ListParkedFiresResponse> observer) {
      ParkedFire.Builder fire =
          ParkedFire.newBuilder()
              .setSchedule(TENANT + "/schedules/nightly")
              .setNominalTime(Timestamp.newBuilder().setSeconds(1_700_000_000));
      Timestamp next = Timestamp.newBuilder().setSeconds(1_700_000_009).build();
      answer(
          observer,
          ListParkedFiresResponse.newBuilder()
              .addParkedFires(
                  fire.setSeq(7).setAttempts(1).setNextAttemptTime(next).setLastError("busy"))
              .addParkedFires(
                  fire.setSeq(8).setAttempts(3).clearNextAttemptTime().setDeadLetter(true))
              .build());
    }

    @Override
    public synchronized void deleteDestination(
        DeleteDestinationRequest request, StreamObserver<Empty> observer) {
      stored.remove(request.getName());
      answer(observer, Empty.getDefaultInstance());
    }
  }

  static final class Fires extends FireServiceGrpc.FireServiceImplBase {
    final List<TailFiresRequest> tails = new CopyOnWriteArrayList<>();
    final List<ExplainFireRequest> explanations = new CopyOnWriteArrayList<>();
    final List<VerifyCompletenessRequest> verifications = new CopyOnWriteArrayList<>();

    static Fire fire(long seq) {
      return Fire.newBuilder()
          .setName(TENANT + "/schedules/nightly/fires/f" + seq)
          .setFireId("f" + seq)
          .setKind(Fire.Kind.SCHEDULED)
          .setDisposition(Fire.Disposition.FIRED)
          .setNominalTime(Timestamp.newBuilder().setSeconds(1_700_000_000 + seq))
          .setRecordTime(Timestamp.newBuilder().setSeconds(1_700_000_000 + seq).setNanos(2_500_000))
          .setSeq(seq)
          .setRepaired(seq == 2)
          .build();
    }

    @Override
    public void listFires(ListFiresRequest request, StreamObserver<ListFiresResponse> observer) {
      answer(observer, ListFiresResponse.newBuilder().addFires(fire(1)).addFires(fire(2)).build());
    }

    @Override
    public void explainFire(
        ExplainFireRequest request, StreamObserver<ExplainFireResponse> observer) {
      explanations.add(request);
      answer(
          observer,
          ExplainFireResponse.newBuilder()
              .setVerdict(ExplainFireResponse.Verdict.WAS_FIRED)
              .setSummary("The second rule says so.")
              .setSpec(
                  ScheduleSpec.newBuilder()
                      .setUnion(
                          UnionRule.newBuilder()
                              .addRules(
                                  Rule.newBuilder()
                                      .setCron(CronRule.newBuilder().setExpression("0 1 * * *")))
                              .addRules(
                                  Rule.newBuilder()
                                      .setCron(CronRule.newBuilder().setExpression("0 3 * * *")))))
              .setRuleIndex(1)
              .setLocalTime("2026-03-29T03:00:00+02:00[Europe/Berlin]")
              .setFire(fire(7))
              .setVersion(4)
              .setTzdbVersion("2026a")
              .build());
    }

    /** Complete but for a schedule named "holed"; breaks where the parent is "tenants/away". */
    @Override
    public void verifyCompleteness(
        VerifyCompletenessRequest request, StreamObserver<VerifyCompletenessResponse> observer) {
      verifications.add(request);
      if (request.getParent().equals("tenants/away")) {
        observer.onError(Status.UNAVAILABLE.withDescription("stopping").asException());
        return;
      }
      boolean holed = request.getParent().endsWith("/holed");
      VerifyCompletenessResponse.Builder message = VerifyCompletenessResponse.newBuilder();
      message.getProgressBuilder().setSchedulesDone(1).setSchedulesTotal(2);
      observer.onNext(message.build());
      if (holed) {
        observer.onNext(
            VerifyCompletenessResponse.newBuilder()
                .setGap(
                    VerifyCompletenessResponse.Gap.newBuilder()
                        .setKind(VerifyCompletenessResponse.Gap.Kind.MISSING)
                        .setSchedule(request.getParent())
                        .setFirstNominalTime(Timestamp.newBuilder().setSeconds(1_700_000_000))
                        .setLastNominalTime(Timestamp.newBuilder().setSeconds(1_700_000_002))
                        .setCount(3)
                        .setVersion(4)
                        .setPartition(5))
                .build());
        observer.onNext(
            VerifyCompletenessResponse.newBuilder()
                .setGap(
                    VerifyCompletenessResponse.Gap.newBuilder()
                        .setKind(VerifyCompletenessResponse.Gap.Kind.ALTERED)
                        .setSchedule(request.getParent())
                        .setFirstNominalTime(Timestamp.newBuilder().setSeconds(1_700_000_001))
                        .setLastNominalTime(Timestamp.newBuilder().setSeconds(1_700_000_001))
                        .setCount(1)
                        .setFireKind(Fire.Kind.BACKFILL)
                        .setBackfill(2)
                        .setPartition(5)
                        .setDetail("seq 7, which another row has"))
                .build());
      }
      answer(
          observer,
          VerifyCompletenessResponse.newBuilder()
              .setVerdict(
                  VerifyCompletenessResponse.Verdict.newBuilder()
                      .setComplete(!holed)
                      .setStartTime(Timestamp.newBuilder().setSeconds(1_700_000_000))
                      .setEndTime(Timestamp.newBuilder().setSeconds(1_700_000_100))
                      .setScheduleCount(1)
                      .setRevisionCount(2)
                      .setOwedCount(10)
                      .setFiredCount(holed ? 7 : 8)
                      .setSkippedCount(holed ? 0 : 2)
                      .setMissingCount(holed ? 3 : 0)
                      .setAlteredCount(holed ? 1 : 0))
              .build());
    }

    /** Gives one fire and breaks, so that a reader must go on by itself. */
    @Override
    public void tailFires(TailFiresRequest request, StreamObserver<TailFiresResponse> observer) {
      tails.add(request);
      long seq = request.getAfterSeq() + 1;
      observer.onNext(TailFiresResponse.newBuilder().addFires(fire(seq)).setPosition(seq).build());
      observer.onError(Status.UNAVAILABLE.withDescription("stopping").asException());
    }
  }

  static final class Deliveries extends DeliveryServiceGrpc.DeliveryServiceImplBase {
    final List<SubscribeRequest> requests = new CopyOnWriteArrayList<>();

    @Override
    public StreamObserver<SubscribeRequest> subscribe(StreamObserver<SubscribeResponse> responses) {
      return new StreamObserver<>() {
        @Override
        public void onNext(SubscribeRequest request) {
          requests.add(request);
          if (request.hasStart()) {
            SubscribeResponse.Builder fires = SubscribeResponse.newBuilder();
            for (long seq = 1; seq <= 5; seq++) {
              fires.addFires(
                  DeliveredFire.newBuilder()
                      .setSeq(seq)
                      .setFireId("f" + seq)
                      .setSchedule(TENANT + "/schedules/nightly")
                      .setNominalTime(Timestamp.newBuilder().setSeconds(1_700_000_000 + seq))
                      .setRecordTime(
                          Timestamp.newBuilder()
                              .setSeconds(1_700_000_000 + seq)
                              .setNanos(1_500_000))
                      .setAttempt(1));
            }
            responses.onNext(fires.build());
          }
        }

        @Override
        public void onError(Throwable failure) {}

        @Override
        public void onCompleted() {
          responses.onCompleted();
        }
      };
    }
  }

  static final class Clusters extends ClusterServiceGrpc.ClusterServiceImplBase {
    @Override
    public void getCluster(GetClusterRequest request, StreamObserver<Cluster> observer) {
      answer(
          observer,
          Cluster.newBuilder()
              .setLeader("m1")
              .setPartitionCount(256)
              .setAssignedPartitionCount(255)
              .setStoreAvailable(true)
              .putCounters("fires_recorded", 7)
              .putCounters("fires_refused", 0)
              .build());
    }

    @Override
    public void listNodes(ListNodesRequest request, StreamObserver<ListNodesResponse> observer) {
      answer(
          observer,
          ListNodesResponse.newBuilder()
              .addNodes(
                  Node.newBuilder().setName("nodes/n1").setState(Node.State.ACTIVE).setWeight(100))
              .build());
    }

    @Override
    public void listPartitions(
        ListPartitionsRequest request, StreamObserver<ListPartitionsResponse> observer) {
      answer(
          observer,
          ListPartitionsResponse.newBuilder()
              .addPartitions(
                  Partition.newBuilder()
                      .setName("partitions/0")
                      .setOwner(request.getOwner().isEmpty() ? "nodes/n1" : request.getOwner())
                      .setEpoch(3))
              .build());
    }

    @Override
    public void drainNode(DrainNodeRequest request, StreamObserver<Node> observer) {
      observer.onError(
          Status.FAILED_PRECONDITION
              .withDescription("no other node could take the partitions")
              .asException());
    }

    /** Knows node n2, which is gone. */
    @Override
    public void deleteNode(DeleteNodeRequest request, StreamObserver<Empty> observer) {
      if (request.getName().equals("nodes/n2")) {
        answer(observer, Empty.getDefaultInstance());
      } else {
        observer.onError(
            Status.FAILED_PRECONDITION.withDescription("not DEAD: stop it first").asException());
      }
    }

    /** Loses a fire where a node fails abruptly. */
    @Override
    public void rehearseFailover(
        RehearseFailoverRequest request, StreamObserver<RehearseFailoverResponse> observer) {
      boolean abrupt = request.getMode() == RehearseFailoverRequest.Mode.ABRUPT;
      answer(
          observer,
          RehearseFailoverResponse.newBuilder()
              .setStartTime(Timestamp.newBuilder().setSeconds(1_700_000_000))
              .setRecoveredTime(Timestamp.newBuilder().setSeconds(1_700_000_001))
              .setFireCount(1000)
              .setLateCount(request.getLateAfter().getSeconds())
              .setMissingCount(abrupt && !request.getTarget().equals("leader") ? 1 : 0)
              .setLeaderBefore("m1")
              .setLeaderAfter(request.getTarget())
              .build());
    }

    @Override
    public void watchEvents(WatchEventsRequest request, StreamObserver<ClusterEvent> observer) {
      observer.onNext(
          ClusterEvent.newBuilder()
              .setNodeJoined(NodeJoined.newBuilder().setNode("nodes/n1").setIncarnation(2))
              .build());
      answer(
          observer,
          ClusterEvent.newBuilder()
              .setPartitionsMoved(
                  PartitionsMoved.newBuilder()
                      .setToNode("nodes/n1")
                      .addPartitions(4)
                      .setReason("joined"))
              .build());
    }
  }
}
