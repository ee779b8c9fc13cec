package io.carillon.bench.peers;

import com.google.gson.Gson;
import io.carillon.bench.rig.BenchLog;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;

/**
 * A process of a peer. Reads orders as lines of JSON, answers each with one, and ends when its
 * input does: the harness may be killed too.
 */
public final class PeerMain {

  private static final Gson JSON = new Gson();

  private PeerMain() {}

  public static void main(String[] arguments) throws IOException {
    BenchLog.toStderr();
    PrintStream answers = System.out;
    // Nothing that a library prints may come between the answers.
    System.setOut(System.err);
    BufferedReader orders =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    try {
      Setup setup = JSON.fromJson(orders.readLine(), Setup.class);
      Job job =
          new Job(Arrivals.open(Path.of(setup.arrivals()), setup.capacity()), setup.jobMillis());
      Timetable timetable = new Timetable();
      Peer peer = open(setup, timetable, job);
      answer(answers, new Order.Reply(null, 0, 0, peer.settings()));
      for (String line; (line = orders.readLine()) != null; ) {
        answer(answers, obey(peer, timetable, JSON.fromJson(line, Order.class)));
      }
    } catch (Exception e) {
      e.printStackTrace();
      answer(answers, new Order.Reply(e.toString(), 0, 0, Map.of()));
    }
    // Not in order: what is measured is over, and a peer's own end would take its time.
    Runtime.getRuntime().halt(0);
  }

  private static Peer open(Setup setup, Timetable timetable, Job job) throws Exception {
    return switch (setup.kind()) {
      case CARILLON -> new CarillonPeer(setup, job);
      case DB_SCHEDULER -> new DbSchedulerPeer(setup, timetable, job);
      case QUARTZ -> new QuartzPeer(setup, job);
    };
  }

  private static Order.Reply obey(Peer peer, Timetable timetable, Order order) throws Exception {
    Creation creation = null;
    switch (order.verb()) {
      case DECLARE -> timetable.add(order.series());
      case CREATE -> {
        timetable.add(order.series());
        creation = Creation.run(peer, order);
      }
      case START -> peer.start();
      case PAUSE -> peer.pause();
    }
    return creation == null
        ? new Order.Reply(null, 0, 0, Map.of())
        : new Order.Reply(null, creation.created(), creation.seconds(), Map.of());
  }

  private static void answer(PrintStream answers, Order.Reply reply) {
    answers.println(JSON.toJson(reply));
    answers.flush();
  }
}
