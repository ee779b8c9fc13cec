package io.carillon.chaos;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

class ChaosProxyTest {

  /** A cut of an edge that nobody uses resets nothing: no such edge is to be chosen. */
  @Test
  void an_edge_is_in_use_while_bytes_come_both_ways_over_an_open_connection() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        ChaosProxy proxy = new ChaosProxy("test", server.getLocalPort())) {
      assertFalse(proxy.isInUse());
      try (Socket client = new Socket(InetAddress.getLoopbackAddress(), proxy.port());
          Socket accepted = server.accept()) {
        say(client, accepted);
        assertFalse(proxy.isInUse(), "nobody has answered");
        say(accepted, client);
        await(proxy::isInUse);
        proxy.cut(true);
        await(() -> !proxy.isInUse());
        assertEquals(1, proxy.cuts());
      }
      proxy.heal();
      try (Socket client = new Socket(InetAddress.getLoopbackAddress(), proxy.port());
          Socket accepted = server.accept()) {
        say(client, accepted);
        say(accepted, client);
        await(proxy::isInUse);
        await(() -> !proxy.isInUse());
      }
    }
  }

  private static void say(Socket from, Socket to) throws IOException {
    from.getOutputStream().write(7);
    assertEquals(7, to.getInputStream().read());
  }

  private static void await(BooleanSupplier condition) {
    assertTimeoutPreemptively(
        Duration.ofSeconds(30),
        () -> {
          while (!condition.getAsBoolean()) {
            Thread.sleep(5);
          }
        });
  }
}
