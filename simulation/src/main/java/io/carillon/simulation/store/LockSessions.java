package io.carillon.simulation.store;

import io.carillon.simulation.world.Connection;
import io.carillon.simulation.world.SimNetwork;
import io.carillon.simulation.world.SimProcess;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Advisory locks of sessions, one for each leader epoch: who holds one is told, and loses it with
 * its connection.
 */
public final class LockSessions {

  /** A process that wants or has a lock. */
  public final class Session {
    private final SimProcess client;
    private final long wanted;
    private final Runnable onHeld;
    private final Consumer<String> onLost;
    private final boolean waits;
    private Connection connection;
    private boolean over;

    Session(
        SimProcess client, long wanted, boolean waits, Runnable onHeld, Consumer<String> onLost) {
      this.waits = waits;
      this.client = client;
      this.wanted = wanted;
      this.onHeld = onHeld;
      this.onLost = onLost;
    }

    /** Gives it up. */
    public void close() {
      if (!over) {
        over = true;
        connection.close(client, "closed");
      }
    }

    private void held() {
      connection.toClient(
          0,
          "lock held",
          () -> {
            if (!over) {
              onHeld.run();
            }
          });
    }
  }

  private final SimProcess server;
  private final SimNetwork network;
  private final Map<Long, ArrayDeque<Session>> queues = new TreeMap<>();

  public LockSessions(SimProcess server, SimNetwork network) {
    this.server = server;
    this.network = network;
  }

  /**
   * Waits for a lock.
   *
   * @param onLost the session is gone, whether it had the lock or not
   */
  public Session hold(SimProcess client, long epoch, Runnable onHeld, Consumer<String> onLost) {
    return open(new Session(client, epoch, true, onHeld, onLost));
  }

  /** Takes a lock if nobody has it; else the session is lost at once. */
  public Session tryHold(SimProcess client, long epoch, Runnable onHeld, Consumer<String> onLost) {
    return open(new Session(client, epoch, false, onHeld, onLost));
  }

  private Session open(Session session) {
    session.connection =
        network.connect(
            session.client,
            server,
            reason -> {
              if (!session.over) {
                session.over = true;
                session.onLost.accept(reason);
              }
            },
            reason -> release(session));
    session.connection.toServer(0, "lock wanted", () -> queue(session));
    return session;
  }

  private void queue(Session session) {
    ArrayDeque<Session> queue = queues.computeIfAbsent(session.wanted, e -> new ArrayDeque<>());
    if (!session.waits && !queue.isEmpty()) {
      session.connection.close(server, "busy");
      return;
    }
    queue.add(session);
    if (queue.peek() == session) {
      session.held();
    }
  }

  private void release(Session session) {
    ArrayDeque<Session> queue = queues.get(session.wanted);
    if (queue == null) {
      return;
    }
    boolean first = queue.peek() == session;
    queue.remove(session);
    if (first && !queue.isEmpty()) {
      queue.peek().held();
    }
  }

  /** As the store stops: nobody has anything any more. */
  public void crash() {
    queues.clear();
  }
}
