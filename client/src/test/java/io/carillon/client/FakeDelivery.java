package io.carillon.client;

import com.google.protobuf.Empty;
import com.google.protobuf.Timestamp;
import io.carillon.v1.DeliveredFire;
import io.carillon.v1.DeliveryServiceGrpc;
import io.carillon.v1.Nack;
import io.carillon.v1.SeqRange;
import io.carillon.v1.SubscribeRequest;
import io.carillon.v1.SubscribeResponse;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Delivers a log of seqs with the rules of the contract: within the credit, again after a refusal
 * or the end of the stream. It fails the test that breaks them.
 */
final class FakeDelivery extends DeliveryServiceGrpc.DeliveryServiceImplBase {

  private final TreeSet<Long> waiting = new TreeSet<>();
  private final TreeMap<Long, Integer> attempts = new TreeMap<>();
  private final TreeSet<Long> acked = new TreeSet<>();
  private final List<Nack> nacks = new ArrayList<>();
  private final List<String> faults = new ArrayList<>();
  private final List<Stream> streams = new ArrayList<>();
  private int fireBatch = 100;
  private int ackMessages;
  private int opened;
  private int mostBytes;
  private Status refusal;

  synchronized void refuseWith(Status status) {
    refusal = status;
  }

  synchronized void batch(int fires) {
    fireBatch = fires;
  }

  synchronized void record(long first, long last) {
    for (long seq = first; seq <= last; seq++) {
      waiting.add(seq);
    }
    streams.forEach(Stream::send);
  }

  /** Ends all streams, as a master does that stops. */
  synchronized void dropStreams() {
    for (Stream stream : List.copyOf(streams)) {
      stream.end();
      stream.responses.onError(Status.UNAVAILABLE.withDescription("stopping").asException());
    }
  }

  synchronized TreeSet<Long> acked() {
    return new TreeSet<>(acked);
  }

  synchronized List<Nack> nacks() {
    return List.copyOf(nacks);
  }

  synchronized List<String> faults() {
    return List.copyOf(faults);
  }

  synchronized int attempts(long seq) {
    return attempts.getOrDefault(seq, 0);
  }

  synchronized int ackMessages() {
    return ackMessages;
  }

  synchronized int opened() {
    return opened;
  }

  /** Of a request. */
  synchronized int mostBytes() {
    return mostBytes;
  }

  synchronized void awaitAcked(int count) throws InterruptedException {
    await(() -> acked.size() >= count, "acks of " + count);
  }

  synchronized void awaitNacks(int count) throws InterruptedException {
    await(() -> nacks.size() >= count, "nacks of " + count);
  }

  private void await(java.util.function.BooleanSupplier condition, String what)
      throws InterruptedException {
    long deadline = System.nanoTime() + 20_000_000_000L;
    while (!condition.getAsBoolean()) {
      long millis = (deadline - System.nanoTime()) / 1_000_000;
      if (millis <= 0) {
        throw new AssertionError(
            "no " + what + " in time; acked " + acked.size() + ", faults " + faults);
      }
      wait(millis);
    }
  }

  @Override
  public StreamObserver<SubscribeRequest> subscribe(StreamObserver<SubscribeResponse> responses) {
    // Without one, a message to a stream that was just cancelled throws. Its end comes as onError.
    ((ServerCallStreamObserver<SubscribeResponse>) responses).setOnCancelHandler(() -> {});
    return new Stream(responses);
  }

  private final class Stream implements StreamObserver<SubscribeRequest> {

    private final StreamObserver<SubscribeResponse> responses;
    private final TreeSet<Long> unacked = new TreeSet<>();
    private long credit;
    private boolean started;

    Stream(StreamObserver<SubscribeResponse> responses) {
      this.responses = responses;
    }

    @Override
    public void onNext(SubscribeRequest request) {
      synchronized (FakeDelivery.this) {
        if (!started) {
          if (!request.hasStart()) {
            faults.add("first message without start");
          }
          if (refusal != null) {
            responses.onError(refusal.asException());
            return;
          }
          started = true;
          opened++;
          streams.add(this);
          responses.onNext(SubscribeResponse.getDefaultInstance());
        } else if (request.hasStart()) {
          faults.add("a second start");
        }
        take(request);
        send();
        FakeDelivery.this.notifyAll();
      }
    }

    private void take(SubscribeRequest request) {
      mostBytes = Math.max(mostBytes, request.getSerializedSize());
      credit += request.getCredit();
      if (credit > SubscriptionOptions.MAX_WINDOW || request.getCredit() < 0) {
        faults.add("credit " + credit);
      }
      if (request.getAcksCount() > 0) {
        ackMessages++;
      }
      for (SeqRange range : request.getAcksList()) {
        if (range.getLast() == 0 || range.getLast() == range.getFirst()) {
          settle(range.getFirst());
          continue;
        }
        var settled =
            unacked.subSet(
                range.getFirst(), true, Math.max(range.getFirst(), range.getLast()), true);
        acked.addAll(settled);
        settled.clear();
      }
      for (Nack nack : request.getNacksList()) {
        nacks.add(nack);
        if (unacked.remove(nack.getSeq())) {
          waiting.add(nack.getSeq());
        }
      }
    }

    /** One that was delivered, whoever has it now. */
    private void settle(long seq) {
      if (attempts.containsKey(seq)) {
        acked.add(seq);
        waiting.remove(seq);
        streams.forEach(stream -> stream.unacked.remove(seq));
      }
    }

    private void send() {
      while (credit > 0 && !waiting.isEmpty() && streams.contains(this)) {
        SubscribeResponse.Builder response = SubscribeResponse.newBuilder();
        while (credit > 0 && !waiting.isEmpty() && response.getFiresCount() < fireBatch) {
          long seq = waiting.pollFirst();
          int attempt = attempts.merge(seq, 1, Integer::sum);
          response.addFires(fire(seq, attempt));
          unacked.add(seq);
          credit--;
        }
        responses.onNext(response.build());
      }
    }

    private void end() {
      streams.remove(this);
      waiting.addAll(unacked);
      unacked.clear();
    }

    @Override
    public void onError(Throwable failure) {
      synchronized (FakeDelivery.this) {
        end();
      }
    }

    @Override
    public void onCompleted() {
      synchronized (FakeDelivery.this) {
        end();
        responses.onCompleted();
      }
    }
  }

  private static DeliveredFire fire(long seq, int attempt) {
    return DeliveredFire.newBuilder()
        .setSeq(seq)
        .setFireId("f" + seq)
        .setSchedule("tenants/default/schedules/nightly")
        .setNominalTime(Timestamp.newBuilder().setSeconds(1_700_000_000L + seq))
        .setRecordTime(Timestamp.newBuilder().setSeconds(1_700_000_000L + seq).setNanos(2_000_000))
        .setAttempt(attempt)
        .setPayload(Empty.getDefaultInstance().toByteString())
        .build();
  }
}
