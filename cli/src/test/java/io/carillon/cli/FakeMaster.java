package io.carillon.cli;

import io.carillon.cli.terminal.World;
import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A master in memory, on a free loopback port, and commands run against it. */
public final class FakeMaster implements AutoCloseable {

  final FakeOperations operations = new FakeOperations();
  public final FakeSchedules schedules = new FakeSchedules(operations);
  final FakeCalendars calendars = new FakeCalendars();
  final FakeServices.Destinations destinations = new FakeServices.Destinations();
  final FakeServices.Fires fires = new FakeServices.Fires();
  final FakeServices.Deliveries deliveries = new FakeServices.Deliveries();
  private final Server server;

  public FakeMaster() throws IOException {
    server =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .permitKeepAliveTime(10, TimeUnit.SECONDS)
            .addService(schedules)
            .addService(operations)
            .addService(calendars)
            .addService(destinations)
            .addService(fires)
            .addService(deliveries)
            .addService(new FakeServices.Clusters())
            .build()
            .start();
  }

  String address() {
    return "127.0.0.1:" + server.getPort();
  }

  /** What a command wrote and answered. */
  public record Outcome(int exit, String out, String err) {
    List<String> outLines() {
      return out.lines().toList();
    }
  }

  Outcome run(String... arguments) {
    return run("", Map.of(), arguments);
  }

  Outcome run(String input, Map<String, String> environment, String... arguments) {
    Map<String, String> all = new HashMap<>(environment);
    all.putIfAbsent("CARILLON_SERVER", address());
    return runWith(input, all, arguments);
  }

  public static Outcome runWith(
      String input, Map<String, String> environment, String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    World world =
        new World(
            new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
            new PrintWriter(out),
            new PrintWriter(err),
            environment,
            false,
            false);
    int exit = Carillon.run(world, arguments);
    world.out().flush();
    world.err().flush();
    return new Outcome(exit, out.toString(), err.toString());
  }

  @Override
  public void close() throws InterruptedException {
    server.shutdownNow();
    server.awaitTermination(5, TimeUnit.SECONDS);
  }
}
