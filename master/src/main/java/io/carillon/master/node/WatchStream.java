package io.carillon.master.node;

import com.google.common.util.concurrent.MoreExecutors;
import com.google.rpc.Code;
import io.carillon.cluster.v1.PartitionUpdate;
import io.carillon.cluster.v1.RevisionClose;
import io.carillon.cluster.v1.SnapshotStart;
import io.carillon.cluster.v1.WatchPartitionsResponse;
import io.carillon.master.api.call.ApiException;
import io.carillon.master.api.call.Calls;
import io.carillon.master.core.MasterCommand.RefuseWatch;
import io.carillon.master.core.MasterCommand.SendChange;
import io.carillon.master.core.MasterCommand.SendSnapshot;
import io.carillon.master.core.Revision;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Snapshots and changes on their way to one node. They are turned into messages only as the node
 * takes them; a node that lets too much pile up loses the stream, and begins again with snapshots.
 */
final class WatchStream {

  private static final int REVISIONS_PER_MESSAGE = 2_000;
  private static final int MAX_WAITING = 100_000;

  private static final Logger log = LoggerFactory.getLogger(WatchStream.class);

  private final ServerCallStreamObserver<WatchPartitionsResponse> stream;
  private final Executor sequential;
  private final ArrayDeque<Iterator<PartitionUpdate>> waiting = new ArrayDeque<>();
  private boolean ended;

  WatchStream(ServerCallStreamObserver<WatchPartitionsResponse> stream, Executor executor) {
    this.stream = stream;
    this.sequential = MoreExecutors.newSequentialExecutor(executor);
  }

  void send(SendSnapshot snapshot) {
    add(new SnapshotUpdates(snapshot));
  }

  void send(SendChange change) {
    PartitionUpdate.Builder update =
        PartitionUpdate.newBuilder()
            .setPartition(change.partition())
            .setEpoch(change.epoch())
            .setMarkVersion(change.version());
    for (Revision closed : change.closed()) {
      update.addCloses(
          RevisionClose.newBuilder()
              .setSchedule(closed.schedule())
              .setVersion(closed.version())
              .setValidToMicros(closed.validTo())
              .setClosedByVersion(closed.closedBy()));
    }
    for (Revision opened : change.opened()) {
      update.addRevisions(message(opened));
    }
    add(List.of(update.build()).iterator());
  }

  void send(RefuseWatch refusal) {
    add(
        List.of(
                PartitionUpdate.newBuilder()
                    .setPartition(refusal.partition())
                    .setEpoch(refusal.epoch())
                    .setRefused(true)
                    .build())
            .iterator());
  }

  private void add(Iterator<PartitionUpdate> updates) {
    synchronized (waiting) {
      if (ended) {
        return;
      }
      if (waiting.size() >= MAX_WAITING) {
        sequential.execute(
            () ->
                end(
                    ApiException.of(
                            Code.RESOURCE_EXHAUSTED,
                            "WATCH_TOO_SLOW",
                            "the node does not take its updates: begin again with snapshots",
                            Map.of())
                        .toStatus()));
        return;
      }
      waiting.add(updates);
    }
    ready();
  }

  /** The transport has room. */
  void ready() {
    sequential.execute(
        () -> {
          try {
            write();
          } catch (RuntimeException | Error bug) {
            // Without this update the node would wait for its partition for ever.
            log.error("a node's stream of partitions ends after a bug", bug);
            end(Calls.refusal(bug));
          }
        });
  }

  private void write() {
    while (stream.isReady()) {
      WatchPartitionsResponse.Builder message = WatchPartitionsResponse.newBuilder();
      int revisions = 0;
      synchronized (waiting) {
        if (ended) {
          return;
        }
        while (revisions < REVISIONS_PER_MESSAGE && !waiting.isEmpty()) {
          Iterator<PartitionUpdate> updates = waiting.peek();
          if (!updates.hasNext()) {
            waiting.poll();
            continue;
          }
          PartitionUpdate update = updates.next();
          revisions += 1 + update.getRevisionsCount() + update.getClosesCount();
          message.addUpdates(update);
        }
      }
      if (revisions == 0) {
        return;
      }
      stream.onNext(message.build());
    }
  }

  void end(StatusRuntimeException status) {
    synchronized (waiting) {
      if (ended) {
        return;
      }
      ended = true;
      waiting.clear();
    }
    sequential.execute(
        () -> {
          try {
            stream.onError(status);
          } catch (IllegalStateException e) {
            // Ended by the node already.
          }
        });
  }

  static io.carillon.cluster.v1.Revision message(Revision revision) {
    return io.carillon.cluster.v1.Revision.newBuilder()
        .setSchedule(revision.schedule())
        .setVersion(revision.version())
        .setValidFromMicros(revision.validFrom())
        .setValidToMicros(revision.validTo() == Revision.OPEN ? 0 : revision.validTo())
        .setSpec(revision.spec())
        .setCatchUpWindowMicros(revision.catchUp().windowMicros())
        .setCatchUpLimit(revision.catchUp().limit())
        .setCatchUpGraceMicros(revision.catchUp().graceMicros())
        .setNominalAfterMicros(revision.nominalAfter())
        .build();
  }

  /** A snapshot in parts: start, revisions, mark. */
  private static final class SnapshotUpdates implements Iterator<PartitionUpdate> {
    private final SendSnapshot snapshot;
    private int sent;
    private boolean done;

    SnapshotUpdates(SendSnapshot snapshot) {
      this.snapshot = snapshot;
    }

    @Override
    public boolean hasNext() {
      return !done;
    }

    @Override
    public PartitionUpdate next() {
      PartitionUpdate.Builder update =
          PartitionUpdate.newBuilder()
              .setPartition(snapshot.partition())
              .setEpoch(snapshot.epoch());
      if (sent == 0) {
        update.setSnapshotStart(
            SnapshotStart.newBuilder()
                .setWatermarkMicros(snapshot.watermark())
                .setAppliedVersion(snapshot.applied()));
      }
      List<Revision> revisions = snapshot.revisions();
      int end = Math.min(revisions.size(), sent + REVISIONS_PER_MESSAGE);
      for (Revision revision : revisions.subList(sent, end)) {
        update.addRevisions(message(revision));
      }
      sent = end;
      if (sent == revisions.size()) {
        update.setMarkVersion(snapshot.version());
        done = true;
      }
      return update.build();
    }
  }
}
