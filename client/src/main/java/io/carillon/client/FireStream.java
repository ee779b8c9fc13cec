package io.carillon.client;

import com.google.protobuf.Duration;
import io.carillon.v1.Nack;
import io.carillon.v1.SeqRange;
import io.carillon.v1.SubscribeRequest;
import io.carillon.v1.SubscribeResponse;
import io.carillon.v1.SubscribeStart;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * One Subscribe call, from its start to its end. A subscription has one after the other.
 *
 * <p>Acknowledgements gather here and go out together, each giving its credit back, so unsettled
 * fires never exceed the window and what waits to be sent is bounded by it. What is acknowledged
 * once the call is over goes out on the next one, fire by fire, as the contract has it; refusals
 * are dropped, as the master delivers anew.
 */
final class FireStream implements ClientResponseObserver<SubscribeRequest, SubscribeResponse> {

  private static final long FLUSH_AFTER_MS = 3;
  private static final int FLUSH_AT_MOST = 2048;
  // Some 120 kB.
  private static final int LATE_AT_MOST = 10_000;
  // Of refusals in one message, whose limit is 256 KiB: their reasons may be long.
  private static final int NACK_BYTES = 128 << 10;

  private final Subscription owner;
  private final ScheduledExecutorService timer;
  private final int flushAt;
  private final CountDownLatch ended = new CountDownLatch(1);

  private ClientCallStreamObserver<SubscribeRequest> requests;
  private long[] acked = new long[64];
  private int ackedCount;
  private List<Nack> nacks = new ArrayList<>();
  private boolean flushArmed;
  private boolean over;

  FireStream(Subscription owner, ScheduledExecutorService timer, int window) {
    this.owner = owner;
    this.timer = timer;
    // A quarter of the window: the master must never run out of credit while acknowledgements wait
    // here.
    this.flushAt = Math.max(1, Math.min(FLUSH_AT_MOST, window / 4));
  }

  @Override
  public synchronized void beforeStart(ClientCallStreamObserver<SubscribeRequest> requestStream) {
    requests = requestStream;
  }

  synchronized void start(String destination, String subscriber, int credit) {
    if (over) {
      // Closed between the making of the call and now.
      requests.cancel("the subscription is closed", null);
    } else {
      requests.onNext(
          SubscribeRequest.newBuilder()
              .setStart(
                  SubscribeStart.newBuilder().setDestination(destination).setSubscriber(subscriber))
              .addAllAcks(owner.takeLate(LATE_AT_MOST))
              .setCredit(credit)
              .build());
      flush();
    }
  }

  void ack(Delivery delivery) {
    if (!take(delivery)) {
      owner.ackLate(new long[] {delivery.fire().getSeq()}, 1);
    }
  }

  /** False if it is too late for this stream. */
  private synchronized boolean take(Delivery delivery) {
    if (delivery.settled) {
      return true;
    }
    delivery.settled = true;
    if (over) {
      return false;
    }
    if (ackedCount == acked.length) {
      acked = Arrays.copyOf(acked, ackedCount * 2);
    }
    acked[ackedCount++] = delivery.fire().getSeq();
    settledOne();
    return true;
  }

  synchronized void nack(Delivery delivery, java.time.Duration delay, String reason) {
    if (delivery.settled || over) {
      return;
    }
    delivery.settled = true;
    nacks.add(
        Nack.newBuilder()
            .setSeq(delivery.fire().getSeq())
            .setAttempt(delivery.fire().getAttempt())
            .setDelay(
                Duration.newBuilder().setSeconds(delay.getSeconds()).setNanos(delay.getNano()))
            .setReason(reason)
            .build());
    settledOne();
  }

  private void settledOne() {
    if (ackedCount + nacks.size() >= flushAt) {
      flush();
    } else if (!flushArmed) {
      flushArmed = true;
      try {
        var unused = timer.schedule(this::flush, FLUSH_AFTER_MS, TimeUnit.MILLISECONDS);
      } catch (RejectedExecutionException e) {
        flush(); // The client is being closed: now or never.
      }
    }
  }

  /** Sends what has gathered, and the credit for it; and what is left of earlier streams. */
  synchronized void flush() {
    flushArmed = false;
    while (!over && requests != null && owner.hasLate()) {
      requests.onNext(
          SubscribeRequest.newBuilder().addAllAcks(owner.takeLate(LATE_AT_MOST)).build());
    }
    int settled = ackedCount + nacks.size();
    if (over || settled == 0) {
      return;
    }
    SubscribeRequest.Builder request = SubscribeRequest.newBuilder().setCredit(settled);
    addRanges(request, acked, ackedCount);
    int bytes = 0;
    for (Nack nack : nacks) {
      if (bytes > NACK_BYTES) {
        requests.onNext(request.build());
        request = SubscribeRequest.newBuilder();
        bytes = 0;
      }
      request.addNacks(nack);
      bytes += nack.getSerializedSize();
    }
    ackedCount = 0;
    nacks = new ArrayList<>();
    requests.onNext(request.build());
  }

  /**
   * Adds the acknowledged seqs as ranges. Only seqs that follow each other directly become one
   * range: a range over a hole would also acknowledge a fire that the master sends on this stream
   * at this very moment, and which nobody has seen yet.
   */
  static void addRanges(SubscribeRequest.Builder request, long[] seqs, int count) {
    Arrays.sort(seqs, 0, count);
    int i = 0;
    while (i < count) {
      long first = seqs[i];
      long last = first;
      while (++i < count && seqs[i] <= last + 1) {
        last = seqs[i];
      }
      request.addAcks(SeqRange.newBuilder().setFirst(first).setLast(last));
    }
  }

  /** Sends the last acknowledgements and says that no more will come. */
  synchronized void finish() {
    flush();
    if (!over) {
      over = true;
      if (requests == null) {
        ended.countDown(); // Not begun yet, and now it never does: see start.
      } else {
        requests.onCompleted();
      }
    }
  }

  /** Waits until the master has ended the call; true if it has. */
  boolean awaitEnd(long nanos) throws InterruptedException {
    return ended.await(Math.max(0, nanos), TimeUnit.NANOSECONDS);
  }

  synchronized void cancel() {
    over = true;
    if (requests != null) {
      requests.cancel("the subscription is closed", null);
    }
  }

  @Override
  public void onNext(SubscribeResponse response) {
    owner.received(this, response.getFiresList());
  }

  @Override
  public void onError(Throwable failure) {
    end(failure);
  }

  @Override
  public void onCompleted() {
    end(null);
  }

  private void end(Throwable failure) {
    int unsent;
    synchronized (this) {
      over = true;
      unsent = ackedCount;
      ackedCount = 0;
      nacks.clear();
    }
    owner.ackLate(acked, unsent);
    ended.countDown();
    owner.lost(this, failure);
  }
}
