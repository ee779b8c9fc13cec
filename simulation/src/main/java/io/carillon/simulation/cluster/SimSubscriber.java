package io.carillon.simulation.cluster;

import io.carillon.master.core.delivery.Feedback;
import io.carillon.master.core.delivery.Feedback.Refusal;
import io.carillon.master.core.delivery.Fires;
import io.carillon.simulation.world.Connection;
import io.carillon.simulation.world.SimProcess;
import java.util.SplittableRandom;

/**
 * Takes the fires of a destination: acknowledges most, one by one or in ranges, refuses some, is
 * slow at times, changes its mind about what it refused, and comes back when its stream ends. What
 * it has done it acknowledges, however late, and on whichever stream it then has.
 */
public final class SimSubscriber {

  private static final int CREDIT = 60;
  private static final long RETRY = 100_000;
  private static final long TIMEOUT = 1_000_000;

  private final World world;
  private final SimProcess process;
  private final SplittableRandom random;
  private final int destination;
  private boolean bad;
  private long stream;
  private int master;

  /** Of the last stream that brought something. */
  private Connection open;

  private Seat current;

  public SimSubscriber(World world, SimProcess process, SplittableRandom random, int destination) {
    this.world = world;
    this.process = process;
    this.random = random;
    this.destination = destination;
  }

  public SimProcess process() {
    return process;
  }

  /** Whether it refuses and dawdles. */
  public void setBad(boolean isBad) {
    bad = isBad;
  }

  public void start() {
    process.start();
    process.post(random.nextLong(RETRY), "subscribe", this::subscribe);
  }

  public void crash() {
    process.crash(false);
    world.network.crashed(process, false);
    world.bites.count("subscriber crashed");
  }

  private void subscribe() {
    long mine = ++stream;
    SimMaster to = world.masters.get(master);
    world.network.call(
        process,
        to.process(),
        "subscribe",
        TIMEOUT,
        caller -> {
          SimLeader leader = to.leader();
          if (leader == null || !leader.isServing()) {
            caller.refuse("not leader");
          } else {
            caller.reply(() -> open(mine, to));
          }
        },
        reason -> {
          master = (master + 1) % world.masters.size();
          later(mine);
        });
  }

  private void later(long mine) {
    if (mine == stream) {
      process.post(RETRY + random.nextLong(RETRY), "subscribe", this::subscribe);
    }
  }

  /** The leader's side of a stream: what it knows of the subscriber. */
  private static final class Seat {
    LeaderDelivery delivery;
    int number;
  }

  private void open(long mine, SimMaster to) {
    if (mine != stream) {
      return;
    }
    Seat seat = new Seat();
    Connection[] opened = new Connection[1];
    opened[0] =
        world.network.connect(
            process,
            to.process(),
            reason -> later(mine),
            reason -> {
              if (seat.delivery != null) {
                seat.delivery.leave(seat.number);
              }
            });
    Connection connection = opened[0];
    connection.toServer(
        0,
        "subscribe",
        () -> {
          SimLeader leader = to.leader();
          if (leader == null || !leader.isServing()) {
            connection.close(to.process(), "not leader");
            return;
          }
          seat.delivery = leader.delivery();
          seat.number =
              seat.delivery.subscribe(
                  destination, connection, fires -> take(mine, connection, seat, fires));
          seat.delivery.take(seat.number, Feedback.credit(CREDIT));
        });
  }

  private void take(long mine, Connection connection, Seat seat, Fires fires) {
    if (mine != stream) {
      return;
    }
    open = connection;
    current = seat;
    for (int i = 0; i < fires.size(); ) {
      int end = i + 1;
      if (random.nextInt(4) == 0) {
        while (end < fires.size() && fires.seq[end] == fires.seq[end - 1] + 1) {
          end++;
        }
      }
      take(mine, fires, i, end);
      i = end;
    }
  }

  /** Works on some fires with seqs that follow each other, and says so in one go. */
  private void take(long mine, Fires fires, int from, int end) {
    long first = fires.seq[from];
    long last = fires.seq[end - 1];
    int attempt = fires.attempt[from];
    if (attempt > 1) {
      world.bites.count("fire delivered again");
    }
    int fate = bad ? random.nextInt(10) : 9;
    long delay = fate < 3 ? random.nextLong(4_000_000) : random.nextLong(3_000);
    boolean refuse = fate == 0 || fate == 3;
    process.post(
        delay,
        "take fire",
        () -> {
          if (refuse && first == last) {
            nack(mine, first, attempt, fate == 3);
          } else {
            if (delay > LeaderDelivery.ACK_TIMEOUT) {
              world.bites.count("fire acknowledged late");
            }
            ack(mine, first, last);
          }
          if (mine == stream) {
            give(end - from);
          }
        });
  }

  private void nack(long mine, long seq, int attempt, boolean thenAck) {
    if (mine == stream) {
      world.bites.count("fire refused");
      long pause = random.nextLong(500_000);
      Seat seat = current;
      open.toServer(
          0,
          "nack",
          () ->
              seat.delivery.take(
                  seat.number, Feedback.refusal(new Refusal(seq, attempt, pause, "refused"))));
    }
    if (thenAck) {
      process.post(random.nextLong(1_000_000), "take fire after all", () -> ack(mine, seq, seq));
    }
  }

  private void ack(long mine, long first, long last) {
    if (current == null) {
      return;
    }
    for (long seq = first; seq <= last; seq++) {
      world.checker.delivery().acknowledged(destination, seq);
    }
    Seat seat = current;
    if (mine == stream) {
      open.toServer(0, "ack", () -> seat.delivery.take(seat.number, Feedback.ack(first, last)));
      return;
    }
    world.bites.count("fire acknowledged on a later stream");
    for (long seq = first; seq <= last; seq++) {
      long one = seq;
      open.toServer(0, "ack", () -> seat.delivery.take(seat.number, Feedback.ack(one, one)));
    }
  }

  private void give(int credit) {
    Seat seat = current;
    open.toServer(1, "credit", () -> seat.delivery.take(seat.number, Feedback.credit(credit)));
  }
}
