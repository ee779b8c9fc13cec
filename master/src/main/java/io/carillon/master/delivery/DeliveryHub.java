package io.carillon.master.delivery;

import io.carillon.common.time.TimeSource;
import io.carillon.master.core.FireColumns;
import io.carillon.master.core.delivery.CommitQueue;
import io.carillon.master.core.delivery.DeliveryCore;
import io.carillon.master.core.delivery.DeliveryLimits;
import io.carillon.master.core.delivery.DeliveryPolicy;
import io.carillon.master.core.delivery.DeliveryShell;
import io.carillon.master.core.delivery.Feedback;
import io.carillon.master.core.delivery.LogRead;
import io.carillon.master.core.delivery.LogTail;
import io.carillon.master.core.delivery.ParkedRead;
import io.carillon.master.core.delivery.QueueReport;
import io.carillon.master.core.delivery.RecentLog;
import io.carillon.master.core.delivery.Send;
import io.carillon.master.core.delivery.Settlement;
import io.carillon.master.core.delivery.StandingRead;
import io.carillon.master.core.delivery.SubscriptionEnd;
import io.carillon.master.delivery.Outbox.Pumped;
import io.carillon.master.delivery.ScheduleDirectory.Key;
import io.carillon.master.instruments.Instruments;
import io.carillon.master.loop.Threads;
import io.carillon.master.store.delivery.DeliveryState;
import io.carillon.master.store.sql.Database;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the {@link DeliveryCore} of a leader. One thread decides and puts fires into sinks; it never
 * waits for PostgreSQL, which has threads of its own for reads and for settlements.
 */
public final class DeliveryHub implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(DeliveryHub.class);
  private static final long TICK_MICROS = 20_000;
  private static final long IDLE_MICROS = 1_000_000;
  private static final long RETRY_MICROS = 250_000;
  private static final long REPORT_SECONDS = 2;

  /** Fires of commits that delivery has not come to. */
  private static final long QUEUED_FIRES = 200_000;

  private static final int ROW_BYTES = 64;

  /** A thirty-second of the heap, and what is held elsewhere anyway. */
  private static final long RECENT_FIRES =
      Math.max(QUEUED_FIRES, Runtime.getRuntime().maxMemory() / 32 / ROW_BYTES);

  private final DeliveryState store;
  private final ScheduleDirectory directory;
  private final TimeSource clock;
  private final Instruments.Delivery measures;
  private final Consumer<Throwable> onFailure;
  private final DeliveryCore core =
      new DeliveryCore(
          DeliveryLimits.DEFAULT,
          new LogTail(new CommitQueue(QUEUED_FIRES), new RecentLog(RECENT_FIRES)),
          new Shell());
  private final SettlementWriter writer;
  private final Thread thread = Threads.named("carillon-delivery", this::run);
  private final Mailbox mailbox = new Mailbox(thread);
  private final AtomicInteger lastSubscriber = new AtomicInteger();
  private final Readers readers = new Readers(this::execute);
  private final ContentReader contents;
  private volatile boolean started;
  private volatile boolean stopping;

  // Of the thread of delivery only, from here on.
  private final Map<Integer, Member> members = new HashMap<>();
  private long now;
  private long warnedAt;

  /**
   * @param leaderEpoch which every write is fenced on
   * @param deposed called once if another master turns out to lead; no sink is served any more
   * @param onFailure hears of a bug that is of no one destination, or an Error; the same holds then
   */
  public DeliveryHub(
      Database database,
      long leaderEpoch,
      TimeSource clock,
      Instruments.Delivery measures,
      Runnable deposed,
      Consumer<Throwable> onFailure) {
    this.onFailure = onFailure;
    this.store = new DeliveryState(database, leaderEpoch);
    this.directory = new ScheduleDirectory(database);
    this.clock = clock;
    this.measures = measures;
    this.contents = new ContentReader(directory, readers);
    this.writer =
        new SettlementWriter(
            store,
            core,
            this::execute,
            () -> {
              core.end(SubscriptionEnd.NOT_LEADER, now);
              deposed.run();
            });
  }

  /**
   * Begins to serve.
   *
   * @param endOfLog the highest seq committed before the first {@link #onCommitted}
   */
  public void start(long endOfLog) {
    core.begin(endOfLog);
    now = clock.nowMicros();
    warnedAt = now - RETRY_MICROS;
    started = true;
    thread.start();
  }

  /** A commit is durable. In the order of the log, from one thread; never blocks. */
  public void onCommitted(FireColumns fires) {
    core.onCommitted(fires);
    mailbox.wake();
  }

  /** Whether sinks can be attached: it has been started, and not stopped. */
  public boolean isServing() {
    return started && !stopping;
  }

  /** Delivery to a destination that exists begins, and goes on whether it has sinks or not. */
  public void open(int destination) {
    execute(() -> core.open(destination));
  }

  /** A sink of a destination that exists. Its first feedback is to be given at once. */
  public Subscription subscribe(int destination, Sink sink) {
    Member member =
        new Member(
            lastSubscriber.incrementAndGet(), sink, new Outbox(directory, sink, this::measure));
    execute(
        () -> {
          members.put(member.id, member);
          core.join(member.id, destination, now);
        });
    return member;
  }

  /** The settings of a destination have changed, to those of this version. */
  public void onDestinationChanged(int destination, DeliveryPolicy policy, long version) {
    execute(() -> core.setPolicy(destination, policy, version));
  }

  /** A destination was deleted: its sinks end. */
  public void onDestinationDeleted(int destination) {
    execute(() -> core.delete(destination));
  }

  /** How all destinations stand that delivery has something to do for, by number. */
  public CompletableFuture<Map<Integer, QueueReport>> report() {
    CompletableFuture<Map<Integer, QueueReport>> answer = new CompletableFuture<>();
    if (!started || stopping) {
      answer.complete(Map.of());
      return answer;
    }
    execute(() -> answer.complete(core.report()));
    // It may be stopping just now.
    return answer.completeOnTimeout(Map.of(), REPORT_SECONDS, TimeUnit.SECONDS);
  }

  /** Ends all sinks and makes durable what they acknowledged. */
  @Override
  public void close() {
    stopping = true;
    mailbox.wake();
    try {
      thread.join(15_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    readers.close();
    writer.close();
  }

  /** Runs on the thread of delivery, soon. */
  private void execute(Runnable command) {
    mailbox.post(command);
  }

  /** A sink, and what is on its way to it. */
  private final class Member implements Subscription {
    final int id;
    final Sink sink;
    final Outbox outbox;
    final AtomicBoolean readyTold = new AtomicBoolean();
    // Of the thread of delivery only.
    boolean loading;
    long retryAt = Long.MIN_VALUE;

    Member(int id, Sink sink, Outbox outbox) {
      this.id = id;
      this.sink = sink;
      this.outbox = outbox;
    }

    @Override
    public void receive(Feedback feedback) {
      measures.heard(feedback.acks().size(), feedback.refusals().size());
      execute(() -> core.onFeedback(id, feedback, now));
    }

    @Override
    public void onReady() {
      if (readyTold.compareAndSet(false, true)) {
        execute(
            () -> {
              readyTold.set(false);
              core.resume(id);
            });
      }
    }

    @Override
    public void leave(Runnable farewell) {
      execute(
          () -> {
            members.remove(id);
            if (core.leave(id, now)) {
              farewell.run();
            }
          });
    }
  }

  // ---- the thread of delivery

  private void run() {
    try {
      while (!stopping) {
        round();
      }
    } catch (RuntimeException | Error bug) {
      stopping = true;
      onFailure.accept(bug);
    }
    core.end(SubscriptionEnd.STOPPING, now);
    mailbox.run();
    writer.finish(mailbox::run, clock.nowMicros());
  }

  private void round() {
    now = clock.nowMicros();
    mailbox.run();
    core.round(now);
    if (!core.isEmpty()) {
      contents.tick(now);
    }
    sleep();
  }

  private void sleep() {
    if (!core.hasWork()) {
      mailbox.sleep(core.isEmpty() ? IDLE_MICROS : TICK_MICROS, () -> core.hasWork() || stopping);
    }
  }

  private boolean send(Member member) {
    if (member.loading || now < member.retryAt) {
      return false;
    }
    Pumped pumped = member.outbox.pump();
    if (pumped == Pumped.CONTENT_MISSING) {
      loadContents(member);
    }
    return pumped == Pumped.EMPTY;
  }

  private void measure(Batch sent) {
    measures.sent(
        sent.to() - sent.from(), clock.nowMicros() - sent.fires().nominalMicros[sent.from()]);
  }

  private void loadContents(Member member) {
    member.loading = true;
    Set<Key> missing = member.outbox.missing();
    read(
        () -> directory.load(missing),
        found -> {
          member.loading = false;
          member.outbox.onLoaded(found);
          core.resume(member.id);
        },
        () -> {
          member.loading = false;
          member.retryAt = now + RETRY_MICROS;
        });
  }

  private <T> void read(Callable<T> read, Consumer<T> done, Runnable failed) {
    readers.read(
        read,
        done,
        failure -> {
          if (now - warnedAt >= RETRY_MICROS) {
            warnedAt = now;
            log.warn("cannot read what to deliver, will try again: {}", failure.toString());
          }
          failed.run();
        });
  }

  /** Carries out what the core wants. */
  private final class Shell implements DeliveryShell {

    @Override
    public void read(StandingRead read) {
      DeliveryHub.this.read(
          () -> store.standing(read.destination()).orElse(null),
          standing -> core.onRead(read, standing, now),
          () -> core.onReadFailed(read, now));
    }

    @Override
    public void read(int destination, LogRead read) {
      DeliveryHub.this.read(
          () -> store.read(destination, read),
          page -> core.onRead(destination, read, page),
          () -> core.onReadFailed(destination, read, now));
    }

    @Override
    public void read(int destination, ParkedRead read) {
      DeliveryHub.this.read(
          () -> store.read(destination, read),
          page -> core.onRead(destination, read, page, now),
          () -> core.onReadFailed(destination, read, now));
    }

    @Override
    public void opened(int subscriber) {
      members.get(subscriber).sink.open();
    }

    @Override
    public boolean send(Send send) {
      Member member = members.get(send.subscriber());
      member.outbox.start(send);
      return DeliveryHub.this.send(member);
    }

    @Override
    public void taken(int subscriber) {
      members.get(subscriber).sink.onTaken();
    }

    @Override
    public void end(int subscriber, SubscriptionEnd ending) {
      members.remove(subscriber).sink.end(ending);
    }

    @Override
    public void settle(List<Settlement> settlements) {
      writer.write(settlements, now);
    }

    @Override
    public void bug(int destination, RuntimeException bug) {
      log.error("bug in the delivery to destination number {}", destination, bug);
    }
  }
}
