package io.carillon.simulation.cluster;

import io.carillon.master.core.FireColumns;
import io.carillon.master.core.delivery.DeliveryLimits;
import io.carillon.master.core.delivery.DeliveryPolicy;
import io.carillon.master.core.delivery.Dispatcher;
import io.carillon.master.core.delivery.Fires;
import io.carillon.master.core.delivery.LogRead;
import io.carillon.master.core.delivery.ParkedRead;
import io.carillon.master.core.delivery.Send;
import io.carillon.master.core.delivery.Settlement;
import io.carillon.master.core.write.WriteTries.Ending;
import io.carillon.simulation.store.DeliveryTables;
import io.carillon.simulation.world.Connection;
import io.carillon.simulation.world.SimProcess;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.function.LongSupplier;

/** Delivery of a leader: carries out what the {@link Dispatcher} of each destination decides. */
public class LeaderDelivery {

  private static final long SETTLE_EVERY = 100_000;
  private static final long RETRY = 250_000;

  /** Small, so that bounds are reached. */
  private static final DeliveryLimits LIMITS =
      new DeliveryLimits(200, 100, 400, 100, 5_000, 50, 40, 100, 5_000_000);

  /** In microseconds. */
  static final long ACK_TIMEOUT = 1_500_000;

  /** The attempts of one destination last, those of the next are used up soon. */
  private static DeliveryPolicy policy(int destination) {
    return new DeliveryPolicy(ACK_TIMEOUT, destination % 2 == 1 ? 1_000 : 4);
  }

  /** A subscriber's side of its stream. */
  public interface SubscriberEar {
    void fires(Fires fires);
  }

  private record Stream(Connection connection, SubscriberEar ear, String name) {}

  /** One destination. */
  private final class Lane {
    final int destination;
    final TreeMap<Integer, Stream> streams = new TreeMap<>();
    final List<Runnable> waiting = new ArrayList<>();
    Dispatcher dispatcher;
    long retryAt;

    Lane(int destination) {
      this.destination = destination;
    }

    void load() {
      world.store.read(
          process,
          "delivery start",
          this::begin,
          loaded -> {
            if (!stopped) {
              dispatcher = loaded;
              waiting.forEach(Runnable::run);
              waiting.clear();
              step();
            }
          },
          () -> {
            if (!stopped) {
              process.post(RETRY, "delivery start again", this::load);
            }
          });
    }

    private Dispatcher begin() {
      world.checker.delivery().begun(epoch, destination);
      return new Dispatcher(
          destination,
          policy(destination),
          LIMITS,
          tables().cursor(destination),
          world.store.store().progress(destination),
          logEnd,
          now.getAsLong());
    }

    void step() {
      if (dispatcher == null || stopped) {
        return;
      }
      long time = now.getAsLong();
      for (Send send; (send = dispatcher.nextSend(time, logEnd)) != null; ) {
        Stream stream = streams.get(send.subscriber());
        Fires fires = send.fires();
        world
            .checker
            .delivery()
            .sent(
                epoch,
                destination,
                send.subscriber(),
                fires,
                policy(destination).maxAttempts(),
                time);
        stream.connection.toClient(0, "fires", () -> stream.ear.fires(fires));
        dispatcher.writable(send.subscriber());
      }
      if (time >= retryAt) {
        readLog();
        readParked(time);
      }
    }

    private void readLog() {
      LogRead wanted = dispatcher.wantedLogRead();
      if (wanted != null) {
        world.store.read(
            process,
            "read log",
            () -> tables().read(destination, wanted),
            stretch -> {
              dispatcher.onLogRead(wanted, stretch.fires(), stretch.coveredTo());
              step();
            },
            () -> {
              dispatcher.onLogReadFailed(wanted);
              retryAt = now.getAsLong() + RETRY;
            });
      }
    }

    private void readParked(long time) {
      ParkedRead wanted = dispatcher.wantedParkedRead(time);
      if (wanted != null) {
        world.store.read(
            process,
            "read parked",
            () -> tables().read(destination, wanted),
            page -> {
              dispatcher.onParkedRead(wanted, page.fires(), page.nextMicros(), now.getAsLong());
              step();
            },
            () -> {
              dispatcher.onParkedReadFailed(wanted);
              retryAt = now.getAsLong() + RETRY;
            });
      }
    }
  }

  protected final World world;
  private final SimProcess process;
  private final long epoch;
  private final Runnable onDeposed;
  private final LongSupplier now;
  private final TreeMap<Integer, Lane> lanes = new TreeMap<>();
  private long logEnd;
  private long settleAt;
  private boolean settling;
  private boolean stopped;
  private int subscribers;

  protected LeaderDelivery(
      World world, SimProcess process, long epoch, Runnable onDeposed, LongSupplier now) {
    this.world = world;
    this.process = process;
    this.epoch = epoch;
    this.onDeposed = onDeposed;
    this.now = now;
  }

  private DeliveryTables tables() {
    return world.store.store().delivery();
  }

  void begin(long endOfLog) {
    logEnd = endOfLog;
  }

  void stop() {
    stopped = true;
    for (Lane lane : lanes.values()) {
      lane.streams.values().forEach(s -> s.connection.close(process, "not leader"));
    }
  }

  /** A commit is durable. */
  public void onCommitted(FireColumns fires) {
    for (int row = 0; row < fires.size(); row++) {
      Lane lane = lanes.get(fires.destination[row]);
      if (lane != null && lane.dispatcher != null && fires.skipReason[row] == 0) {
        lane.dispatcher.onCommitted(fires, row);
      }
    }
    logEnd = fires.lastSeq();
    lanes.values().forEach(Lane::step);
  }

  void tick(long time) {
    for (Lane lane : lanes.values()) {
      if (lane.dispatcher != null) {
        lane.dispatcher.tick(time);
        lane.step();
      }
    }
    if (!settling && time >= settleAt) {
      settle(time);
    }
  }

  private void settle(long time) {
    settleAt = time + SETTLE_EVERY;
    List<Lane> of = new ArrayList<>();
    List<Settlement> settlements = new ArrayList<>();
    for (Lane lane : lanes.values()) {
      Settlement wanted =
          lane.dispatcher == null ? null : lane.dispatcher.wantedSettlement(time, logEnd);
      if (wanted != null) {
        world.checker.delivery().made(epoch, wanted, LIMITS.settlement(), time);
        of.add(lane);
        settlements.add(wanted);
      }
    }
    if (settlements.isEmpty()) {
      return;
    }
    settling = true;
    world.store.transaction(
        process,
        "settle",
        ready -> world.store.store().settle(epoch, settlements, ready),
        (ending, reason) -> settled(of, ending));
  }

  private void settled(List<Lane> of, Ending ending) {
    settling = false;
    if (stopped) {
      return;
    }
    if (ending == Ending.STALE_EPOCH) {
      onDeposed.run();
      return;
    }
    for (Lane lane : of) {
      if (ending == Ending.COMMITTED) {
        lane.dispatcher.onSettled();
      } else {
        lane.dispatcher.onSettlementFailed();
      }
      lane.step();
    }
  }

  // Subscribers.

  /** A new stream; answers its number. */
  int subscribe(int destination, Connection connection, SubscriberEar ear, String name) {
    int id = ++subscribers;
    Lane lane = lanes.get(destination);
    if (lane == null) {
      lane = new Lane(destination);
      lanes.put(destination, lane);
      lane.load();
    }
    lane.streams.put(id, new Stream(connection, ear, name));
    on(
        lane,
        dispatcher -> {
          dispatcher.join(id, logEnd);
          dispatcher.writable(id);
        });
    return id;
  }

  private interface Told {
    void tell(Dispatcher dispatcher);
  }

  private void on(Lane lane, Told told) {
    if (lane.dispatcher == null) {
      lane.waiting.add(() -> told.tell(lane.dispatcher));
    } else if (!stopped) {
      told.tell(lane.dispatcher);
      lane.step();
    }
  }

  void credit(int destination, int subscriber, int more) {
    on(lanes.get(destination), dispatcher -> dispatcher.credit(subscriber, more));
  }

  void ack(int destination, int subscriber, long first, long last) {
    on(
        lanes.get(destination),
        dispatcher -> {
          world.checker.delivery().heard(epoch, destination, subscriber, first, last);
          ack(dispatcher, subscriber, first, last);
        });
  }

  protected void ack(Dispatcher dispatcher, int subscriber, long first, long last) {
    dispatcher.ack(subscriber, first, last);
  }

  void nack(int destination, int subscriber, long seq, int attempt, long delay) {
    on(
        lanes.get(destination),
        dispatcher -> dispatcher.nack(subscriber, seq, attempt, delay, now.getAsLong()));
  }

  void leave(int destination, int subscriber) {
    Lane lane = lanes.get(destination);
    if (lane.streams.remove(subscriber) != null) {
      on(lane, dispatcher -> dispatcher.leave(subscriber, new Fires(1), 0, now.getAsLong()));
    }
  }
}
