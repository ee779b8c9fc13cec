package io.carillon.chaos;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One edge of the cluster: everything from one process to a port of another goes through here, and
 * can be delayed, slowed down, held in one or both directions, or cut.
 *
 * <p>One thread does it all; what it holds is bounded, so that a stalled direction fills the
 * sender's socket in the end, as a real one does. The faults are set from any thread.
 */
final class ChaosProxy implements AutoCloseable {

  /** Towards the one that is connected to. */
  final Way forth = new Way();

  /** Towards the one that connects. */
  final Way back = new Way();

  private static final long SLICE_MS = 5;

  private final InetSocketAddress target;
  private final ServerSocketChannel listener;
  private final Selector selector;
  private final Thread thread;
  private final Set<ProxyPipe> pipes = new HashSet<>();
  private final AtomicLong cuts = new AtomicLong();
  private volatile boolean open;
  private volatile boolean refusing;
  private volatile boolean cutRequested;
  private volatile boolean closed;

  ChaosProxy(String name, int targetPort) throws IOException {
    InetAddress loopback = InetAddress.getLoopbackAddress();
    target = new InetSocketAddress(loopback, targetPort);
    selector = Selector.open();
    listener = ServerSocketChannel.open();
    listener.bind(new InetSocketAddress(loopback, 0));
    listener.configureBlocking(false);
    listener.register(selector, SelectionKey.OP_ACCEPT);
    thread = new Thread(this::run, "proxy-" + name);
    thread.setDaemon(true);
    thread.start();
  }

  int port() {
    return ((InetSocketAddress) listener.socket().getLocalSocketAddress()).getPort();
  }

  String address() {
    return "127.0.0.1:" + port();
  }

  /** Resets all that is open, and with {@code refuse} all that comes until {@link #heal}. */
  void cut(boolean refuse) {
    refusing = refuse;
    cutRequested = true;
    selector.wakeup();
  }

  /** How many connections were reset so far. */
  long cuts() {
    return cuts.get();
  }

  /**
   * Whether a connection is open, over which bytes came both ways just now: only then does a fault
   * of the edge do anything.
   */
  boolean isInUse() {
    return open && forth.isBusy() && back.isBusy();
  }

  void heal() {
    refusing = false;
    forth.heal();
    back.heal();
    selector.wakeup();
  }

  private void run() {
    try {
      while (!closed) {
        boolean idle = pipes.stream().allMatch(ProxyPipe::isIdle);
        selector.select(idle && forth.isHealthy() && back.isHealthy() ? 0 : SLICE_MS);
        for (SelectionKey key : selector.selectedKeys()) {
          if (key.isValid() && key.isAcceptable()) {
            accept();
          } else if (key.isValid() && key.isConnectable()) {
            ((ProxyPipe) key.attachment()).connected();
          }
        }
        selector.selectedKeys().clear();
        if (cutRequested) {
          cutRequested = false;
          cuts.addAndGet(pipes.size());
          new ArrayList<>(pipes).forEach(this::reset);
        }
        long now = System.nanoTime();
        List<ProxyPipe> ended = new ArrayList<>();
        for (ProxyPipe pipe : pipes) {
          if (!pipe.move(now)) {
            ended.add(pipe);
          }
        }
        ended.forEach(this::reset);
        open = !pipes.isEmpty();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      pipes.forEach(ProxyPipe::reset);
    }
  }

  private void accept() throws IOException {
    SocketChannel client = listener.accept();
    if (client == null) {
      return;
    }
    client.configureBlocking(false);
    client.setOption(StandardSocketOptions.TCP_NODELAY, true);
    if (refusing) {
      cuts.incrementAndGet();
      ProxyPipe.reset(client);
      return;
    }
    SocketChannel server = SocketChannel.open();
    server.configureBlocking(false);
    server.setOption(StandardSocketOptions.TCP_NODELAY, true);
    ProxyPipe pipe = new ProxyPipe(client, server, forth, back);
    try {
      pipe.register(selector, server.connect(target));
      pipes.add(pipe);
    } catch (IOException e) {
      pipe.reset();
    }
  }

  private void reset(ProxyPipe pipe) {
    pipes.remove(pipe);
    pipe.reset();
  }

  @Override
  public void close() throws IOException {
    closed = true;
    selector.wakeup();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    listener.close();
    selector.close();
  }
}
