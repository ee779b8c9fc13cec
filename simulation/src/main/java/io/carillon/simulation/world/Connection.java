package io.carillon.simulation.world;

import java.util.ArrayDeque;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * A connection with some streams in both directions: each stream keeps its order, different ones do
 * not. An end that has heard of the end hears no more messages.
 */
public final class Connection {

  private record Message(String label, Runnable action) {}

  /** One direction. */
  private final class Way {
    final SimProcess from;
    final SimProcess to;
    final long toLife;
    final Consumer<String> onEnd;
    final Map<Integer, Long> arrivals = new TreeMap<>();
    final ArrayDeque<Message> held = new ArrayDeque<>();

    /** The receiver has heard of the end, or is gone. */
    boolean closed;

    Way(SimProcess from, SimProcess to, Consumer<String> onEnd) {
      this.from = from;
      this.to = to;
      this.toLife = to.life();
      this.onEnd = onEnd;
    }

    void send(int stream, String label, Runnable action) {
      long now = network.now();
      long arrival = Math.max(now + network.delay(from, to), arrivals.getOrDefault(stream, now));
      arrivals.put(stream, arrival);
      to.post(arrival - now, label, () -> arrive(new Message(label, action)));
    }

    private void arrive(Message message) {
      if (closed || to.life() != toLife) {
        return;
      }
      if (!held.isEmpty() || network.isCut(from, to)) {
        network.bites().count("message cut off");
        held.add(message);
      } else {
        message.action.run();
      }
    }

    void flush() {
      if (!held.isEmpty() && !network.isCut(from, to)) {
        to.post(0, "flush", this::drain);
      }
    }

    private void drain() {
      while (!held.isEmpty() && !closed && to.life() == toLife) {
        // Taken off only afterwards: what arrives meanwhile is behind it.
        held.peek().action.run();
        held.poll();
      }
    }

    void end(long delay, String reason) {
      if (closed || to.life() != toLife) {
        closed = true;
        return;
      }
      to.post(
          delay,
          "connection ended",
          () -> {
            if (!closed) {
              closed = true;
              onEnd.accept(reason);
            }
          });
    }
  }

  private final SimNetwork network;
  private final Way toServer;
  private final Way toClient;
  private boolean broken;

  Connection(
      SimNetwork network,
      SimProcess client,
      SimProcess server,
      Consumer<String> clientEnd,
      Consumer<String> serverEnd) {
    this.network = network;
    this.toServer = new Way(client, server, serverEnd);
    this.toClient = new Way(server, client, clientEnd);
  }

  boolean isOver() {
    return toServer.closed && toClient.closed;
  }

  void flush() {
    toServer.flush();
    toClient.flush();
  }

  public void toServer(int stream, String label, Runnable action) {
    send(toServer, stream, label, action);
  }

  public void toClient(int stream, String label, Runnable action) {
    send(toClient, stream, label, action);
  }

  private void send(Way way, int stream, String label, Runnable action) {
    if (broken) {
      return;
    }
    if (network.happens(network.quality().breaks() / 20)) {
      network.bites().count("connection broken");
      breakUp("broken");
      return;
    }
    way.send(stream, label, action);
  }

  /** It breaks between the ends. What is on its way may still arrive. */
  void breakUp(String reason) {
    broken = true;
    endLater(toServer, reason);
    endLater(toClient, reason);
  }

  private void endLater(Way way, String reason) {
    if (network.happens(network.quality().halfOpen())) {
      network.bites().count("half-open connection");
      way.end(network.silence(), reason);
    } else {
      way.end(network.delay(way.from, way.to), reason);
    }
  }

  /** One end closes it: the other hears of it after all that was sent, if it can be reached. */
  public void close(SimProcess by, String reason) {
    broken = true;
    Way other = by == toServer.from ? toServer : toClient;
    Way own = other == toServer ? toClient : toServer;
    own.closed = true;
    long last = 0;
    for (long arrival : other.arrivals.values()) {
      last = Math.max(last, arrival - network.now());
    }
    boolean reaches = !network.isCut(other.from, other.to);
    other.end(reaches ? last + network.delay(other.from, other.to) : network.silence(), reason);
  }

  void peerCrashed(SimProcess process, boolean silently) {
    if (process != toServer.from && process != toServer.to) {
      return;
    }
    broken = true;
    Way own = process == toServer.to ? toServer : toClient;
    Way other = own == toServer ? toClient : toServer;
    own.closed = true;
    boolean hears = !silently && !network.isCut(other.from, other.to);
    other.end(hears ? network.delay(other.from, other.to) : network.silence(), "peer crashed");
  }
}
