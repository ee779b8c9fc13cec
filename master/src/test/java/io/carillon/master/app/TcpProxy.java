package io.carillon.master.app;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Stands between a master and PostgreSQL, and can cut what is open and refuse what comes, or stand
 * still without a word.
 */
final class TcpProxy implements AutoCloseable {

  private final ServerSocket listener;
  private final int target;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private volatile boolean refusing;
  private boolean stalled;

  TcpProxy(int target) {
    this.target = target;
    try {
      listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    daemon(this::accept);
  }

  int port() {
    return listener.getLocalPort();
  }

  private static void daemon(Runnable task) {
    Thread thread = new Thread(task, "tcp-proxy");
    thread.setDaemon(true);
    thread.start();
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket client = listener.accept();
        if (refusing) {
          client.close();
          continue;
        }
        Socket server = new Socket(InetAddress.getLoopbackAddress(), target);
        open.add(client);
        open.add(server);
        daemon(() -> copy(client, server));
        daemon(() -> copy(server, client));
        if (refusing) {
          cut();
        }
      } catch (IOException e) {
        // The listener was closed, or a client went: the next one.
      }
    }
  }

  private void copy(Socket from, Socket to) {
    try {
      byte[] buffer = new byte[1 << 16];
      int length = from.getInputStream().read(buffer);
      while (length >= 0) {
        awaitFlow();
        to.getOutputStream().write(buffer, 0, length);
        length = from.getInputStream().read(buffer);
      }
    } catch (IOException | InterruptedException e) {
      // Cut.
    } finally {
      close(from);
      close(to);
    }
  }

  private synchronized void awaitFlow() throws InterruptedException {
    while (stalled) {
      wait();
    }
  }

  /** Nothing gets through any more, and nobody is told. */
  synchronized void stall() {
    stalled = true;
  }

  /** What stood still goes on. */
  synchronized void flow() {
    stalled = false;
    notifyAll();
  }

  private void close(Socket socket) {
    open.remove(socket);
    try {
      socket.close();
    } catch (IOException e) {
      // Gone already.
    }
  }

  /** PostgreSQL is away. */
  void cut() {
    refusing = true;
    open.forEach(this::close);
  }

  void heal() {
    refusing = false;
  }

  @Override
  public void close() {
    flow();
    cut();
    try {
      listener.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
