package io.carillon.simulation.world;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * What lies between processes. Each direction between two of them has a delay, and may be cut; a
 * message that is cut off waits, as TCP would send it again, and comes when the cut is healed. Loss
 * is a connection that breaks: its two ends hear of that at different times, or not at all.
 */
public final class SimNetwork {

  private static final long LONGEST_SILENCE = 8_000_000;

  /** Times of a network; microseconds, and chances in a million of each message or call. */
  public record Quality(long delay, long jitter, int breaks, int halfOpen, int twice) {
    public static final Quality GOOD = new Quality(150, 300, 0, 0, 0);
  }

  private final EventQueue queue;
  private final SplittableRandom random;
  private final Bites bites;
  private final TreeSet<String> cuts = new TreeSet<>();
  private final Map<String, Long> extraDelay = new TreeMap<>();
  private final List<Connection> connections = new ArrayList<>();
  private Quality quality = Quality.GOOD;

  public SimNetwork(EventQueue queue, SplittableRandom random, Bites bites) {
    this.queue = queue;
    this.random = random;
    this.bites = bites;
  }

  public void setQuality(Quality quality) {
    this.quality = quality;
  }

  private static String link(SimProcess from, SimProcess to) {
    return from.name() + ">" + to.name();
  }

  /** Cuts or heals one direction. */
  public void cut(SimProcess from, SimProcess to, boolean isCut) {
    if (isCut) {
      cuts.add(link(from, to));
    } else if (cuts.remove(link(from, to))) {
      flush();
    }
  }

  /** Makes one direction slower; 0: as it was. */
  public void slow(SimProcess from, SimProcess to, long extra) {
    extraDelay.put(link(from, to), extra);
  }

  /** All cuts and delays are gone. */
  public void heal() {
    cuts.clear();
    extraDelay.clear();
    quality = Quality.GOOD;
    flush();
  }

  long now() {
    return queue.now();
  }

  boolean isCut(SimProcess from, SimProcess to) {
    return cuts.contains(link(from, to));
  }

  private void flush() {
    connections.removeIf(Connection::isOver);
    new ArrayList<>(connections).forEach(Connection::flush);
  }

  long delay(SimProcess from, SimProcess to) {
    long extra = extraDelay.getOrDefault(link(from, to), 0L);
    if (extra > 0) {
      bites.count("message delayed");
    }
    // Now and then one takes much longer than the others.
    long tail = random.nextInt(50) == 0 ? 20 * quality.jitter : quality.jitter;
    return quality.delay
        + random.nextLong(tail + 1)
        + (extra == 0 ? 0 : extra / 2 + random.nextLong(extra));
  }

  boolean happens(int inMillion) {
    return inMillion > 0 && random.nextInt(1_000_000) < inMillion;
  }

  long silence() {
    return random.nextLong(LONGEST_SILENCE);
  }

  Quality quality() {
    return quality;
  }

  Bites bites() {
    return bites;
  }

  /**
   * A connection to a process. The client may have asked for it while that still ran; if it has
   * crashed since, the connection ends as those do that were there before the crash.
   */
  public Connection connect(
      SimProcess client,
      SimProcess server,
      Consumer<String> clientEnd,
      Consumer<String> serverEnd) {
    Connection connection = new Connection(this, client, server, clientEnd, serverEnd);
    connections.add(connection);
    if (!server.isRunning()) {
      connection.peerCrashed(server, server.isUnreachable());
    }
    return connection;
  }

  /** Breaks a connection between any two, if there is one: which one is drawn. */
  public void breakAny() {
    connections.removeIf(Connection::isOver);
    if (!connections.isEmpty()) {
      bites.count("connection broken");
      connections.get(random.nextInt(connections.size())).breakUp("broken");
    }
  }

  /** Ends the connections of a process that has just crashed. */
  public void crashed(SimProcess process, boolean silently) {
    connections.removeIf(Connection::isOver);
    for (Connection connection : new ArrayList<>(connections)) {
      connection.peerCrashed(process, silently);
    }
  }

  /** Where the answer to a call goes. */
  public interface Caller {
    /** Runs in the process that called. */
    void reply(Runnable onClient);

    /** The call failed, and nothing of it happened. */
    void refuse(String reason);
  }

  /**
   * A call of one process to another. Exactly one of the answer and {@code onFailure} reaches the
   * caller, as long as it lives; a failure of which the reason does not begin with "refused" leaves
   * open whether the call happened.
   */
  public void call(
      SimProcess client,
      SimProcess server,
      String label,
      long timeout,
      Consumer<Caller> onServer,
      Consumer<String> onFailure) {
    Call call = new Call(client, server, label, onFailure);
    client.post(timeout, label + " timeout", () -> call.fail("no answer in time"));
    if (!server.isRunning() && !server.isUnreachable() && !isCut(client, server)) {
      client.post(delay(client, server), label, () -> call.fail("refused: no process"));
      return;
    }
    if (happens(quality.breaks)) {
      bites.count("call lost");
      boolean arrives = random.nextBoolean();
      if (arrives) {
        call.send(onServer, true);
      }
      if (!happens(quality.halfOpen)) {
        client.post(random.nextLong(50_000), label, () -> call.fail("connection broke"));
      }
      return;
    }
    call.send(onServer, false);
    if (happens(quality.twice)) {
      bites.count("call came twice");
      call.send(onServer, true);
    }
  }

  /** One call under way. */
  private final class Call {
    private final SimProcess client;
    private final SimProcess server;
    private final String label;
    private final Consumer<String> onFailure;
    private boolean over;

    Call(SimProcess client, SimProcess server, String label, Consumer<String> onFailure) {
      this.client = client;
      this.server = server;
      this.label = label;
      this.onFailure = onFailure;
    }

    void fail(String reason) {
      if (!over) {
        over = true;
        onFailure.accept(reason);
      }
    }

    void send(Consumer<Caller> onServer, boolean unheard) {
      if (isCut(client, server)) {
        bites.count("message cut off");
        return;
      }
      long clientLife = client.life();
      server.post(
          delay(client, server),
          label,
          () ->
              onServer.accept(
                  new Caller() {
                    @Override
                    public void reply(Runnable onClient) {
                      back(clientLife, unheard, onClient);
                    }

                    @Override
                    public void refuse(String reason) {
                      back(clientLife, unheard, () -> onFailure.accept("refused: " + reason));
                    }
                  }));
    }

    private void back(long clientLife, boolean unheard, Runnable onClient) {
      if (unheard || client.life() != clientLife) {
        return;
      }
      if (isCut(server, client)) {
        bites.count("message cut off");
        return;
      }
      client.post(
          delay(server, client),
          label,
          () -> {
            if (!over) {
              over = true;
              onClient.run();
            }
          });
    }
  }
}
