package io.carillon.simulation.world;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SimNetworkTest {

  private static final long SECOND = 1_000_000;

  private final EventQueue queue = new EventQueue(0, new Trace(false));
  private final SimNetwork network = new SimNetwork(queue, new SplittableRandom(1), new Bites());
  private final SimProcess client = process("client");
  private final SimProcess server = process("server");
  private final List<String> heard = new ArrayList<>();

  private SimProcess process(String name) {
    SimProcess process = new SimProcess(name, queue, new SimClock(queue::now, 0, 0, 0));
    process.start();
    return process;
  }

  private Connection connect() {
    return network.connect(
        client, server, reason -> heard.add("client"), reason -> heard.add("server"));
  }

  @Test
  void a_connection_lasts_while_both_run() {
    Connection connection = connect();
    connection.toServer(0, "message", () -> heard.add("message"));
    queue.runTo(20 * SECOND);
    assertEquals(List.of("message"), heard);
  }

  @Test
  void a_connection_to_a_process_that_has_crashed_ends_at_once() {
    server.crash(false);
    network.crashed(server, false);
    connect().toServer(0, "message", () -> heard.add("message"));
    server.start();
    queue.runTo(SECOND / 10);
    assertEquals(List.of("client"), heard);
  }

  @Test
  void a_connection_to_a_machine_that_is_off_ends_after_a_silence() {
    server.crash(true);
    network.crashed(server, true);
    connect();
    queue.runTo(20 * SECOND);
    assertEquals(List.of("client"), heard);
  }
}
