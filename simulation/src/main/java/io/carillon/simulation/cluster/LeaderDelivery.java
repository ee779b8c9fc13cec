package io.carillon.simulation.cluster;

import io.carillon.master.core.FireColumns;
import io.carillon.master.core.delivery.CommitQueue;
import io.carillon.master.core.delivery.DeliveryCore;
import io.carillon.master.core.delivery.DeliveryLimits;
import io.carillon.master.core.delivery.DeliveryPolicy;
import io.carillon.master.core.delivery.DeliveryShell;
import io.carillon.master.core.delivery.Feedback;
import io.carillon.master.core.delivery.Fires;
import io.carillon.master.core.delivery.LogPage;
import io.carillon.master.core.delivery.LogRead;
import io.carillon.master.core.delivery.LogTail;
import io.carillon.master.core.delivery.ParkedRead;
import io.carillon.master.core.delivery.RecentLog;
import io.carillon.master.core.delivery.Send;
import io.carillon.master.core.delivery.Settlement;
import io.carillon.master.core.delivery.StandingRead;
import io.carillon.master.core.delivery.StandingRead.Standing;
import io.carillon.master.core.delivery.SubscriptionEnd;
import io.carillon.master.core.write.WriteTries.Ending;
import io.carillon.simulation.store.DeliveryTables;
import io.carillon.simulation.world.Connection;
import io.carillon.simulation.world.SimProcess;
import java.util.ArrayDeque;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Delivery of a leader: runs its {@link DeliveryCore}, in rounds that come soon after there is
 * something to do, as a rule, and sometimes much later.
 */
public class LeaderDelivery {

  /** Bounds are small, so that they are reached. */
  private static final DeliveryLimits LIMITS =
      new DeliveryLimits(200, 100, 400, 100, 5_000, 50, 40, 100, 5_000_000);

  private static final int QUEUED_FIRES = 6;
  private static final int RECENT_FIRES = 60;
  private static final long ROUND = 3_000;
  private static final long LATE_ROUND = 400_000;
  private static final int ONE_LATE_OF = 25;

  /** In microseconds. */
  static final long ACK_TIMEOUT = 1_500_000;

  /** The attempts of one destination last, those of the next are used up soon. */
  private static DeliveryPolicy policy(int destination) {
    return new DeliveryPolicy(ACK_TIMEOUT, destination % 2 == 1 ? 1_000 : 4);
  }

  /** A subscriber's stream, and what was heard from it that has not been done. */
  private record Stream(
      int destination,
      Connection connection,
      Consumer<Fires> receiver,
      ArrayDeque<Feedback> said) {}

  protected final World world;
  private final SimProcess process;
  private final SplittableRandom random;
  private final long epoch;
  private final Runnable onDeposed;
  private final LongSupplier now;
  private final DeliveryCore core;
  private final TreeMap<Integer, Stream> streams = new TreeMap<>();
  private boolean roundComes;
  private boolean settling;
  private boolean stopped;
  private int subscribers;

  protected LeaderDelivery(
      World world,
      SimProcess process,
      SplittableRandom random,
      long epoch,
      Runnable onDeposed,
      LongSupplier now) {
    this.world = world;
    this.process = process;
    this.random = random;
    this.epoch = epoch;
    this.onDeposed = onDeposed;
    this.now = now;
    this.core = new DeliveryCore(LIMITS, tail(new CountedQueue(), new CountedLog()), new Shell());
  }

  protected LogTail tail(CommitQueue queue, RecentLog recent) {
    return new LogTail(queue, recent);
  }

  /** Whether what is in memory answers a read. */
  protected boolean covers(RecentLog recent, LogRead read, boolean covered) {
    return covered;
  }

  /** What is heard of what a subscriber says. */
  protected Feedback heard(Feedback feedback) {
    return feedback;
  }

  protected boolean isSettling() {
    return settling;
  }

  private final class CountedQueue extends CommitQueue {
    CountedQueue() {
      super(QUEUED_FIRES);
    }

    @Override
    public boolean offer(FireColumns fires) {
      boolean taken = super.offer(fires);
      if (!taken) {
        world.bites.count("commit too many for delivery");
      }
      return taken;
    }
  }

  private final class CountedLog extends RecentLog {
    CountedLog() {
      super(RECENT_FIRES);
    }

    @Override
    public boolean covers(LogRead read) {
      return LeaderDelivery.this.covers(this, read, super.covers(read));
    }

    @Override
    public LogPage read(int destination, LogRead read) {
      world.bites.count("log read from memory");
      return super.read(destination, read);
    }
  }

  private DeliveryTables tables() {
    return world.store.store().delivery();
  }

  void begin(long endOfLog) {
    core.begin(endOfLog);
  }

  void stop() {
    core.end(SubscriptionEnd.NOT_LEADER, now.getAsLong());
    stopped = true;
  }

  /** A commit is durable. */
  public void onCommitted(FireColumns fires) {
    core.onCommitted(fires);
    wake();
  }

  /** There may be something to do. */
  void wake() {
    if (!roundComes && !stopped) {
      roundComes = true;
      boolean late = random.nextInt(ONE_LATE_OF) == 0;
      process.post(random.nextLong(late ? LATE_ROUND : ROUND), "delivery", this::round);
    }
  }

  private void round() {
    roundComes = false;
    if (stopped) {
      return;
    }
    core.round(now.getAsLong());
    if (core.hasWork()) {
      wake();
    }
  }

  /** Something that delivery hears of. */
  private void event(Runnable event) {
    if (!stopped) {
      event.run();
      wake();
    }
  }

  // Subscribers.

  /** A new stream; answers its number. */
  int subscribe(int destination, Connection connection, Consumer<Fires> receiver) {
    int id = ++subscribers;
    streams.put(id, new Stream(destination, connection, receiver, new ArrayDeque<>()));
    event(() -> core.join(id, destination, now.getAsLong()));
    return id;
  }

  void take(int subscriber, Feedback feedback) {
    Stream stream = streams.get(subscriber);
    if (stream != null) {
      stream.said.add(feedback);
      event(() -> core.onFeedback(subscriber, heard(feedback), now.getAsLong()));
    }
  }

  void leave(int subscriber) {
    if (streams.remove(subscriber) != null) {
      event(() -> core.leave(subscriber, now.getAsLong()));
    }
  }

  /** Carries out what the core wants. */
  private final class Shell implements DeliveryShell {

    private <T> void read(String label, Supplier<T> read, Consumer<T> done, Runnable failed) {
      world.store.read(
          process, label, read, found -> event(() -> done.accept(found)), () -> event(failed));
    }

    @Override
    public void read(StandingRead read) {
      int destination = read.destination();
      read(
          "delivery start",
          () -> {
            world.checker.delivery().begun(epoch, destination);
            return new Standing(
                policy(destination),
                1,
                tables().cursor(destination),
                world.store.store().progress(destination));
          },
          standing -> core.onRead(read, standing, now.getAsLong()),
          () -> core.onReadFailed(read, now.getAsLong()));
    }

    @Override
    public void read(int destination, LogRead read) {
      read(
          "read log",
          () -> tables().read(destination, read),
          page -> core.onRead(destination, read, page),
          () -> core.onReadFailed(destination, read, now.getAsLong()));
    }

    @Override
    public void read(int destination, ParkedRead read) {
      read(
          "read parked",
          () -> tables().read(destination, read),
          page -> core.onRead(destination, read, page, now.getAsLong()),
          () -> core.onReadFailed(destination, read, now.getAsLong()));
    }

    @Override
    public void opened(int subscriber) {}

    @Override
    public boolean send(Send send) {
      Stream stream = streams.get(send.subscriber());
      Fires fires = send.fires();
      world
          .checker
          .delivery()
          .sent(
              epoch,
              stream.destination,
              send.subscriber(),
              fires,
              policy(stream.destination).maxAttempts(),
              now.getAsLong());
      stream.connection.toClient(0, "fires", () -> stream.receiver.accept(fires));
      send.sentTo(fires.size());
      return true;
    }

    @Override
    public void taken(int subscriber) {
      Stream stream = streams.get(subscriber);
      for (Feedback.Ack ack : stream.said.poll().acks()) {
        world
            .checker
            .delivery()
            .heard(epoch, stream.destination, subscriber, ack.first(), ack.last());
      }
    }

    @Override
    public void end(int subscriber, SubscriptionEnd ending) {
      streams.remove(subscriber).connection.close(process, ending.toString());
    }

    @Override
    public void settle(List<Settlement> settlements) {
      for (Settlement wanted : settlements) {
        world.checker.delivery().made(epoch, wanted, LIMITS.settlement(), now.getAsLong());
      }
      settling = true;
      world.store.transaction(
          process,
          "settle",
          ready -> world.store.store().settle(epoch, settlements, ready),
          (ending, reason) -> settled(ending));
    }

    @Override
    public void bug(int destination, RuntimeException bug) {
      throw bug;
    }
  }

  private void settled(Ending ending) {
    settling = false;
    if (stopped) {
      return;
    }
    switch (ending) {
      case COMMITTED -> event(core::onSettled);
      case STALE_EPOCH -> onDeposed.run();
      default -> event(() -> core.onSettlementFailed(now.getAsLong()));
    }
  }
}
