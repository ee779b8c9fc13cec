package io.carillon.chaos;

import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;

/** One connection through a proxy; of the proxy's thread alone. */
final class ProxyPipe {

  private static final int BOUND = 256 * 1024;
  private static final int CHUNK = 16 * 1024;

  /** Bytes on their way, and when they may go on. */
  private record Chunk(ByteBuffer bytes, long due) {}

  /** One direction of it. */
  private static final class Half {
    final SocketChannel from;
    final SocketChannel to;
    final Way way;
    final ArrayDeque<Chunk> chunks = new ArrayDeque<>();
    int held;
    boolean ended;
    boolean endPassedOn;
    long allowanceSince = System.nanoTime();
    double allowance;

    Half(SocketChannel from, SocketChannel to, Way way) {
      this.from = from;
      this.to = to;
      this.way = way;
    }

    void read(long now) throws IOException {
      while (!ended && held < BOUND) {
        ByteBuffer bytes = ByteBuffer.allocate(CHUNK);
        int count = from.read(bytes);
        if (count < 0) {
          ended = true;
        } else if (count == 0) {
          return;
        } else {
          bytes.flip();
          chunks.add(new Chunk(bytes, now + way.delayNanos));
          held += count;
          way.took(count, now);
        }
      }
    }

    void write(long now) throws IOException {
      allow(now);
      while (!way.stalled && !chunks.isEmpty() && chunks.peek().due() <= now) {
        ByteBuffer bytes = chunks.peek().bytes();
        int limit = bytes.limit();
        if (way.bytesPerSecond != Long.MAX_VALUE) {
          bytes.limit((int) Math.min(limit, bytes.position() + (long) allowance));
        }
        int count = to.write(bytes);
        bytes.limit(limit);
        held -= count;
        allowance -= count;
        if (bytes.hasRemaining()) {
          return;
        }
        chunks.remove();
      }
      if (ended && chunks.isEmpty() && !endPassedOn) {
        endPassedOn = true;
        to.shutdownOutput();
      }
    }

    private void allow(long now) {
      double rate = way.bytesPerSecond;
      allowance = Math.min(rate / 10, Math.max(0, allowance) + rate * (now - allowanceSince) / 1e9);
      allowanceSince = now;
    }

    /** Whether the socket that is full is what holds it up, and not a fault. */
    boolean waitsForRoom(long now) {
      return !chunks.isEmpty()
          && !way.stalled
          && way.bytesPerSecond == Long.MAX_VALUE
          && chunks.peek().due() <= now;
    }
  }

  private final SocketChannel client;
  private final SocketChannel server;
  private final Half forth;
  private final Half back;
  private SelectionKey clientKey;
  private SelectionKey serverKey;
  private boolean connected;

  ProxyPipe(SocketChannel client, SocketChannel server, Way forth, Way back) {
    this.client = client;
    this.server = server;
    this.forth = new Half(client, server, forth);
    this.back = new Half(server, client, back);
  }

  void register(Selector selector, boolean connectedAtOnce) throws IOException {
    clientKey = client.register(selector, 0, this);
    serverKey = server.register(selector, SelectionKey.OP_CONNECT, this);
    if (connectedAtOnce) {
      connected = true;
    }
  }

  void connected() {
    try {
      connected = server.finishConnect();
    } catch (IOException e) {
      // Nobody listens there: answered as it would be without a proxy.
      reset();
    }
  }

  /** Nothing waits here for a time to come. */
  boolean isIdle() {
    return forth.chunks.isEmpty() && back.chunks.isEmpty();
  }

  /** Takes and hands on what can be; false if the connection is over. */
  boolean move(long now) {
    if (!client.isOpen() || !server.isOpen()) {
      return false;
    }
    if (!connected) {
      return true;
    }
    try {
      for (Half half : new Half[] {forth, back}) {
        half.read(now);
        half.write(now);
      }
      clientKey.interestOps(interest(forth, back, now));
      serverKey.interestOps(interest(back, forth, now));
    } catch (IOException e) {
      return false;
    }
    return !(forth.endPassedOn && back.endPassedOn);
  }

  private static int interest(Half reads, Half writes, long now) {
    int read = !reads.ended && reads.held < BOUND ? SelectionKey.OP_READ : 0;
    return read | (writes.waitsForRoom(now) ? SelectionKey.OP_WRITE : 0);
  }

  void reset() {
    reset(client);
    reset(server);
  }

  /** Closes with RST, as a machine that forgot the connection. */
  static void reset(SocketChannel channel) {
    try {
      channel.setOption(StandardSocketOptions.SO_LINGER, 0);
    } catch (IOException | UnsupportedOperationException e) {
      // Closed already.
    }
    try {
      channel.close();
    } catch (IOException e) {
      // Gone either way.
    }
  }
}
