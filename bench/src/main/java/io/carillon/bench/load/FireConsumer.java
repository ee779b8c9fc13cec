package io.carillon.bench.load;

import com.google.protobuf.util.Timestamps;
import io.carillon.client.CarillonClient;
import io.carillon.client.Delivery;
import io.carillon.client.Subscription;
import io.carillon.client.SubscriptionOptions;
import io.carillon.v1.DeliveredFire;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/** Takes and acknowledges every fire of the default destination, and remembers which came. */
public final class FireConsumer implements AutoCloseable {

  private static final String DESTINATION = Population.TENANT + "/destinations/default";

  private final List<Stream> streams = new ArrayList<>();

  private final List<Window> windows = new CopyOnWriteArrayList<>();

  /**
   * Takes delivered − nominal of the nominal times in (from, to]. Stays open: the latest of them
   * are still on their way when the window ends, and to leave them out would flatter.
   */
  public static final class Window {
    private final long from;
    private final long to;
    private final Histogram lateness = LedgerQueries.histogram();

    private Window(long from, long to) {
      this.from = from;
      this.to = to;
    }

    private void take(long nominal, long now) {
      if (nominal > from && nominal <= to) {
        synchronized (lateness) {
          lateness.recordValue(
              Math.min(lateness.getHighestTrackableValue(), Math.max(0, now - nominal)));
        }
      }
    }

    /** What has come so far. */
    public Histogram lateness() {
      synchronized (lateness) {
        return lateness.copy();
      }
    }
  }

  /**
   * @param credit how many fires may be on their way on each stream
   */
  public FireConsumer(CarillonClient client, int streamCount, int credit)
      throws InterruptedException {
    CountDownLatch open = new CountDownLatch(streamCount);
    SubscriptionOptions options =
        SubscriptionOptions.defaults()
            .withWindow(credit)
            .withSubscriber("bench")
            .withOnConnect(open::countDown);
    for (int i = 0; i < streamCount; i++) {
      Stream stream = new Stream();
      streams.add(stream);
      stream.subscription = client.subscribe(DESTINATION, stream::take, options);
    }
    if (!open.await(20, TimeUnit.SECONDS)) {
      close();
      throw new IllegalStateException("the master opens no Subscribe stream");
    }
  }

  /** One stream's share; its handler runs on one thread. */
  private final class Stream {
    private final BitSet seqs = new BitSet();
    private long received;
    private long early;
    private Subscription subscription;

    synchronized void take(Delivery delivery) {
      DeliveredFire fire = delivery.fire();
      long now = WallClock.nowMicros();
      long nominal = Timestamps.toMicros(fire.getNominalTime());
      int seq = Math.toIntExact(fire.getSeq());
      received++;
      seqs.set(seq);
      if (now < nominal) {
        early++;
      }
      for (Window window : windows) {
        window.take(nominal, now);
      }
      delivery.ack();
    }
  }

  /** From now on latenesses are taken of nominal times in (from, to]. */
  public Window watch(long from, long to) {
    Window window = new Window(from, to);
    windows.add(window);
    return window;
  }

  /** Deliveries so far, each attempt by itself. */
  public long received() {
    long sum = 0;
    for (Stream stream : streams) {
      synchronized (stream) {
        sum += stream.received;
      }
    }
    return sum;
  }

  /**
   * What came.
   *
   * @param fires different ones
   * @param upTo every fire with a seq up to this one came
   * @param again deliveries of a fire that had come before, which the promise allows
   * @param early deliveries before the nominal time
   */
  public record Received(long fires, long upTo, long again, long early) {}

  public Received summary() {
    BitSet seqs = new BitSet();
    long received = 0;
    long early = 0;
    for (Stream stream : streams) {
      synchronized (stream) {
        seqs.or(stream.seqs);
        received += stream.received;
        early += stream.early;
      }
    }
    long fires = seqs.cardinality();
    return new Received(fires, seqs.nextClearBit(1) - 1L, received - fires, early);
  }

  @Override
  public void close() {
    for (Stream stream : streams) {
      if (stream.subscription != null) {
        stream.subscription.close();
      }
    }
  }
}
