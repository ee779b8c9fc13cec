package io.carillon.simulation.cluster;

import io.carillon.master.core.delivery.Fires;
import io.carillon.simulation.world.Connection;
import io.carillon.simulation.world.SimProcess;
import java.util.SplittableRandom;

/**
 * Takes the fires of a destination: acknowledges most, refuses some, is slow at times, and comes
 * back when its stream ends.
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
                seat.delivery.leave(destination, seat.number);
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
                  destination,
                  connection,
                  fires -> take(mine, connection, seat, fires),
                  process.name());
          seat.delivery.credit(destination, seat.number, CREDIT);
        });
  }

  private void take(long mine, Connection connection, Seat seat, Fires fires) {
    if (mine != stream) {
      return;
    }
    for (int i = 0; i < fires.size(); i++) {
      long seq = fires.seq[i];
      int fate = bad ? random.nextInt(10) : 9;
      long delay = fate < 2 ? random.nextLong(3_000_000) : random.nextLong(3_000);
      if (fires.attempt[i] > 1) {
        world.bites.count("fire delivered again");
      }
      process.post(
          delay,
          "take fire",
          () -> {
            if (fate == 0) {
              world.bites.count("fire refused");
              long pause = random.nextLong(500_000);
              connection.toServer(
                  0, "nack", () -> seat.delivery.nack(destination, seat.number, seq, pause));
            } else {
              world.checker.delivery().acknowledged(destination, seq);
              connection.toServer(
                  0, "ack", () -> seat.delivery.ack(destination, seat.number, seq, seq));
            }
            connection.toServer(
                1, "credit", () -> seat.delivery.credit(destination, seat.number, 1));
          });
    }
  }
}
