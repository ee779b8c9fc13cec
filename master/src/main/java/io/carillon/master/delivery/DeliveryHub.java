package io.carillon.master.delivery;

import io.carillon.common.time.TimeSource;
import io.carillon.master.core.FireColumns;
import io.carillon.master.core.delivery.DeliveryPolicy;
import io.carillon.master.delivery.SubscriberLink.Ending;
import io.carillon.master.store.delivery.DeliveryState;
import io.carillon.master.store.sql.Database;
import io.carillon.v1.SubscribeRequest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Delivery of all destinations of a leader. One thread decides, encodes and sends; it never waits
 * for PostgreSQL, which has threads of its own for reads and for settlements. A destination costs
 * something only while it has subscribers, or something of theirs is not settled.
 */
public final class DeliveryHub implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(DeliveryHub.class);
  private static final long TICK_MICROS = 20_000;
  private static final long REPORT_SECONDS = 2;
  private static final int COMMANDS_PER_ROUND = 10_000;

  private final DeliveryState store;
  private final ScheduleDirectory directory;
  private final TimeSource clock;
  private final Consumer<Throwable> onFailure;
  private final SettlementWriter writer;
  private final Lanes lanes = new Lanes();
  private final LogTail tail = new LogTail(lanes);
  private final ConcurrentLinkedQueue<Runnable> commands = new ConcurrentLinkedQueue<>();
  private final Readers readers = new Readers();
  private final ContentReader contents;
  private final Thread thread;
  private volatile boolean started;
  private volatile boolean stopping;
  private volatile boolean asleep;

  // Of the thread of delivery only, from here on.
  private List<DeliveryLane> touched = new ArrayList<>();
  private long now;
  private long tickAt;
  private int lastSubscriber;
  private boolean over;

  /**
   * @param leaderEpoch which every write is fenced on
   * @param deposed called once if another master turns out to lead; no stream is served any more
   * @param onFailure hears of a bug that is of no one destination, or an Error; the same holds then
   */
  public DeliveryHub(
      Database database,
      long leaderEpoch,
      TimeSource clock,
      Runnable deposed,
      Consumer<Throwable> onFailure) {
    this.onFailure = onFailure;
    this.store = new DeliveryState(database, leaderEpoch);
    this.directory = new ScheduleDirectory(database);
    this.clock = clock;
    this.contents = new ContentReader(directory, readers, this::execute);
    this.writer =
        new SettlementWriter(
            store,
            this::execute,
            () -> {
              endEverything(Ending.NOT_LEADER);
              deposed.run();
            });
    this.thread = new Thread(this::run, "carillon-delivery");
    thread.setDaemon(true);
  }

  /**
   * Begins to serve.
   *
   * @param endOfLog the highest seq committed before the first {@link #onCommitted}
   */
  public void start(long endOfLog) {
    tail.begin(endOfLog);
    now = clock.nowMicros();
    started = true;
    thread.start();
  }

  /** A commit is durable. In the order of the log, from one thread; never blocks. */
  public void onCommitted(FireColumns fires) {
    if (fires.size() > 0) {
      tail.offer(fires);
      wake();
    }
  }

  /** Whether streams can be opened: it has been started, and not stopped. */
  public boolean isServing() {
    return started && !stopping;
  }

  /** A stream on a destination that exists. Its first request is to be given to it at once. */
  public Subscription subscribe(int destination, SubscriberLink link) {
    Subscription subscription = new Subscription(this, destination, link, new Outbox(directory));
    execute(() -> join(subscription));
    return subscription;
  }

  /** The settings of a destination have changed, to those of this version. */
  public void onDestinationChanged(int destination, DeliveryPolicy policy, long version) {
    execute(
        () -> {
          DeliveryLane lane = lanes.get(destination);
          if (lane != null) {
            lane.setPolicy(policy, version);
          }
        });
  }

  /** A destination was deleted: its streams end. */
  public void onDestinationDeleted(int destination) {
    execute(
        () -> {
          DeliveryLane lane = lanes.get(destination);
          if (lane != null) {
            drop(lane, Ending.DESTINATION_DELETED);
          }
        });
  }

  /** How those of all destinations stand that have subscribers or something unsettled. */
  public CompletableFuture<Map<Integer, LaneReport>> report() {
    CompletableFuture<Map<Integer, LaneReport>> answer = new CompletableFuture<>();
    if (!started || stopping) {
      answer.complete(Map.of());
      return answer;
    }
    execute(
        () -> {
          Map<Integer, LaneReport> reports = new HashMap<>();
          for (DeliveryLane lane : lanes.all()) {
            LaneReport report = lane.report();
            if (report != null) {
              reports.put(lane.destination, report);
            }
          }
          answer.complete(reports);
        });
    // It may be stopping just now.
    return answer.completeOnTimeout(Map.of(), REPORT_SECONDS, TimeUnit.SECONDS);
  }

  /** Ends all streams and makes durable what they acknowledged. */
  @Override
  public void close() {
    stopping = true;
    LockSupport.unpark(thread);
    try {
      thread.join(15_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    readers.close();
    writer.close();
  }

  // ---- the thread of delivery

  /** Runs on the thread of delivery, soon. */
  void execute(Runnable command) {
    commands.add(command);
    wake();
  }

  private void wake() {
    if (asleep) {
      LockSupport.unpark(thread);
    }
  }

  private void run() {
    try {
      while (!stopping) {
        round();
      }
    } catch (RuntimeException | Error bug) {
      stopping = true;
      onFailure.accept(bug);
    }
    endEverything(Ending.STOPPING);
    runCommands();
    writer.finish(lanes.all(), this::runCommands, clock.nowMicros());
  }

  private void round() {
    now = clock.nowMicros();
    runCommands();
    tail.tell(this::touch);
    if (now >= tickAt) {
      tickAt = now + TICK_MICROS;
      for (DeliveryLane lane : lanes.all()) {
        guarded(lane, () -> lane.tick(now));
        touch(lane);
      }
      tail.trim();
      if (!lanes.isEmpty()) {
        contents.tick(now);
      }
    }
    List<DeliveryLane> work = touched;
    touched = new ArrayList<>();
    for (DeliveryLane lane : work) {
      lane.touched = false;
      guarded(lane, () -> lane.step(now));
    }
    if (writer.isDue(now)) {
      settle();
    }
    sleep();
  }

  private void settle() {
    for (DeliveryLane lane : lanes.all()) {
      if (lane.isIdle()) {
        lanes.remove(lane);
      } else {
        guarded(lane, () -> writer.collect(lane, now));
      }
    }
    writer.write(now);
  }

  /** A bug in one destination is not to stop the others: its streams end, and it begins anew. */
  private void guarded(DeliveryLane lane, Runnable step) {
    try {
      step.run();
    } catch (RuntimeException bug) {
      log.error("bug in the delivery to destination number {}", lane.destination, bug);
      drop(lane, Ending.INTERNAL);
    }
  }

  private void runCommands() {
    for (int i = 0; i < COMMANDS_PER_ROUND; i++) {
      Runnable command = commands.poll();
      if (command == null) {
        return;
      }
      try {
        command.run();
      } catch (RuntimeException bug) {
        log.error("bug in delivery", bug);
      }
    }
  }

  private void sleep() {
    if (!touched.isEmpty()) {
      return;
    }
    asleep = true;
    if (commands.isEmpty() && tail.isEmpty() && !stopping) {
      LockSupport.parkNanos(lanes.isEmpty() ? 1_000_000_000L : TICK_MICROS * 1_000);
    }
    asleep = false;
  }

  void touch(DeliveryLane lane) {
    if (!lane.touched) {
      lane.touched = true;
      touched.add(lane);
    }
  }

  long now() {
    return now;
  }

  RecentLog recentLog() {
    return tail.recent();
  }

  /** Every commit up to here has been told to the lanes, or told to be lost. */
  long logEnd() {
    return tail.end();
  }

  /** Runs a read on a thread that may block, then one of the consumers on that of delivery. */
  <T> void read(DeliveryLane lane, Callable<T> read, Consumer<T> done, Consumer<Throwable> failed) {
    readers.execute(
        read,
        (value, failure) ->
            execute(
                () -> {
                  Readers.check(failure);
                  if (!lane.isClosed()) {
                    guarded(
                        lane,
                        failure == null ? () -> done.accept(value) : () -> failed.accept(failure));
                    touch(lane);
                  }
                }));
  }

  // ---- subscribers

  private void join(Subscription subscription) {
    if (over || stopping) {
      subscription.gone = true;
      subscription.link.end(over ? Ending.NOT_LEADER : Ending.STOPPING);
      return;
    }
    subscription.id = ++lastSubscriber;
    DeliveryLane lane = lanes.get(subscription.destination);
    if (lane == null) {
      lane = new DeliveryLane(subscription.destination, this, store, directory);
      lanes.add(lane);
      lane.join(subscription);
      lane.load();
    } else {
      lane.join(subscription);
    }
  }

  void onRequest(Subscription subscription, SubscribeRequest request) {
    DeliveryLane lane = lanes.get(subscription.destination);
    if (!subscription.gone && lane != null) {
      guarded(lane, () -> lane.onRequest(subscription, request));
      touch(lane);
    }
  }

  void onReady(Subscription subscription) {
    subscription.readyTold.set(false);
    DeliveryLane lane = lanes.get(subscription.destination);
    if (!subscription.gone && lane != null) {
      touch(lane);
    }
  }

  /** Answers false if the stream has been ended already. */
  boolean onLeave(Subscription subscription) {
    if (subscription.gone) {
      return false;
    }
    subscription.gone = true;
    DeliveryLane lane = lanes.get(subscription.destination);
    if (lane != null) {
      guarded(lane, () -> lane.leave(subscription));
      touch(lane);
    }
    return true;
  }

  /** Ends a lane's streams and forgets it: what is not durable will be delivered again. */
  void drop(DeliveryLane lane, Ending ending) {
    lane.endAll(ending);
    lanes.remove(lane);
  }

  private void endEverything(Ending ending) {
    over = true;
    for (DeliveryLane lane : lanes.all()) {
      lane.endAll(ending);
    }
  }
}
