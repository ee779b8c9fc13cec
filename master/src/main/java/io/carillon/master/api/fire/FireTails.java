package io.carillon.master.api.fire;

import com.google.common.util.concurrent.ThreadFactoryBuilder;
import io.carillon.master.store.fires.Ledger;
import io.carillon.v1.TailFiresResponse;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All open TailFires streams, served by one thread: it looks for new fires several times a second,
 * and reads for those streams that can take something.
 */
final class FireTails implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(FireTails.class);
  private static final long POLL_MILLIS = 100;
  private static final int BATCH = 500;
  private static final long SPAN = 100_000;
  private static final int QUIET_POLLS = 50;

  private static final class Tail {
    final ServerCallStreamObserver<TailFiresResponse> call;
    final String tenant;
    final List<Long> schedules;
    long position;
    long told;
    int quiet;

    Tail(
        ServerCallStreamObserver<TailFiresResponse> call,
        String tenant,
        List<Long> schedules,
        long position) {
      this.call = call;
      this.tenant = tenant;
      this.schedules = schedules;
      this.position = position;
      this.told = position;
    }
  }

  private final Ledger ledger;
  private final List<Tail> tails = new CopyOnWriteArrayList<>();
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          new ThreadFactoryBuilder().setNameFormat("carillon-tail").setDaemon(true).build());
  private boolean failing;

  FireTails(Ledger ledger) {
    this.ledger = ledger;
    var unused = thread.schedule(this::poll, POLL_MILLIS, TimeUnit.MILLISECONDS);
  }

  void add(
      ServerCallStreamObserver<TailFiresResponse> call,
      String tenant,
      List<Long> schedules,
      long position) {
    tails.add(new Tail(call, tenant, schedules, position));
  }

  void remove(ServerCallStreamObserver<TailFiresResponse> call) {
    tails.removeIf(tail -> tail.call == call);
  }

  private void poll() {
    boolean more = false;
    try {
      if (!tails.isEmpty()) {
        long end = ledger.logEnd();
        for (Tail tail : tails) {
          more |= serve(tail, end);
        }
      }
      failing = false;
    } catch (RuntimeException | Error e) {
      if (!failing) {
        log.warn("cannot read the log for those who watch it, will try again: {}", e.toString());
      }
      failing = true;
    }
    if (!thread.isShutdown()) {
      var unused = thread.schedule(this::poll, more ? 1 : POLL_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  /** Answers whether there is more for it at once. */
  private boolean serve(Tail tail, long end) {
    if (tail.call.isCancelled()) {
      tails.remove(tail);
      return false;
    }
    if (!tail.call.isReady()) {
      return false;
    }
    TailFiresResponse.Builder response = TailFiresResponse.newBuilder();
    long upTo = Math.min(end, tail.position + SPAN);
    if (upTo > tail.position) {
      List<Ledger.Row> rows = ledger.bySeq(tail.tenant, tail.schedules, tail.position, upTo, BATCH);
      rows.forEach(row -> response.addFires(FireRpc.message(row)));
      tail.position = rows.size() == BATCH ? rows.get(BATCH - 1).seq() : upTo;
    }
    boolean moved = tail.position > tail.told && ++tail.quiet >= QUIET_POLLS;
    if (response.getFiresCount() > 0 || moved) {
      tail.quiet = 0;
      tail.told = tail.position;
      tail.call.onNext(response.setPosition(tail.position).build());
    }
    return tail.position < end;
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
