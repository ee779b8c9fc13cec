package io.carillon.bench.load;

import io.grpc.stub.StreamObserver;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/** Calls one after another, with a fixed number of them in flight or at a fixed rate. */
public final class ClosedLoop {

  private static final long LONGEST_MICROS = 120_000_000L;

  /** Makes one call and tells the observer how it ended. */
  @FunctionalInterface
  public interface Call<A> {
    void start(StreamObserver<A> done);
  }

  /**
   * What came of them.
   *
   * @param micros how long those that succeeded took; at a fixed rate from when they were due
   */
  public record Outcome(long succeeded, long failed, double seconds, Histogram micros) {}

  private final AtomicLong failed = new AtomicLong();
  private final Histogram micros = new ConcurrentHistogram(LONGEST_MICROS, 3);
  private final Semaphore places;
  private final int inFlight;

  private ClosedLoop(int inFlight) {
    this.inFlight = inFlight;
    this.places = new Semaphore(inFlight);
  }

  /** A new call as soon as one ends. */
  public static <A> Outcome run(Call<A> call, int inFlight, double seconds)
      throws InterruptedException {
    ClosedLoop loop = new ClosedLoop(inFlight);
    long began = System.nanoTime();
    while (System.nanoTime() - began < seconds * 1e9) {
      loop.places.acquire();
      loop.start(call, System.nanoTime());
    }
    return loop.end(began);
  }

  /** A new call when it is due, however long others take: a slow answer is not made up for. */
  public static <A> Outcome paced(Call<A> call, double perSecond, double seconds)
      throws InterruptedException {
    ClosedLoop loop = new ClosedLoop(10_000);
    long began = System.nanoTime();
    long calls = Math.round(perSecond * seconds);
    for (long i = 0; i < calls; i++) {
      long due = began + (long) (i * 1e9 / perSecond);
      for (long left; (left = due - System.nanoTime()) > 0; ) {
        Thread.sleep(left / 1_000_000, (int) (left % 1_000_000));
      }
      loop.places.acquire();
      loop.start(call, due);
    }
    return loop.end(began);
  }

  private <A> void start(Call<A> call, long began) {
    call.start(
        new StreamObserver<>() {
          @Override
          public void onNext(A answer) {
            micros.recordValue(Math.min(LONGEST_MICROS, (System.nanoTime() - began) / 1000));
          }

          @Override
          public void onError(Throwable failure) {
            failed.incrementAndGet();
            places.release();
          }

          @Override
          public void onCompleted() {
            places.release();
          }
        });
  }

  private Outcome end(long began) throws InterruptedException {
    places.acquire(inFlight);
    double seconds = (System.nanoTime() - began) / 1e9;
    return new Outcome(micros.getTotalCount(), failed.get(), seconds, micros);
  }
}
