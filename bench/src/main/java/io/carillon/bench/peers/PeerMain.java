package io.carillon.bench.peers;

import com.google.gson.Gson;
import io.carillon.bench.peers.Order.Setup;
import io.carillon.bench.peers.Peer.Job;
import io.carillon.bench.peers.Timetable.Series;
import io.carillon.bench.report.BenchLog;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

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
          new Job(
              Arrivals.open(Path.of(setup.arrivals()), setup.capacity()),
              setup.tuning().jobMillis());
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

  /**
   * Schedules created by one or more threads, each with its next call when the last has returned.
   *
   * @param created how many, the first of the series
   */
  record Creation(int created, double seconds) {

    static Creation run(Peer peer, Order order) throws Exception {
      Series series = order.series();
      AtomicInteger next = new AtomicInteger(series.from());
      int end = series.from() + series.count();
      int step = order.batch() ? Order.BATCH : 1;
      long began = System.nanoTime();
      ExecutorService callers = Executors.newFixedThreadPool(order.threads());
      try {
        List<Future<Integer>> parts = new ArrayList<>();
        for (int i = 0; i < order.threads(); i++) {
          parts.add(
              callers.submit(
                  () -> {
                    int created = 0;
                    while ((System.nanoTime() - began) / 1e9 < order.seconds()) {
                      int from = next.getAndAdd(step);
                      if (from >= end) {
                        break;
                      }
                      int to = Math.min(end, from + step);
                      if (order.batch()) {
                        peer.createAll(series, from, to);
                      } else {
                        peer.create(series, from);
                      }
                      created += to - from;
                    }
                    return created;
                  }));
        }
        int created = 0;
        for (Future<Integer> part : parts) {
          created += part.get();
        }
        return new Creation(created, (System.nanoTime() - began) / 1e9);
      } catch (ExecutionException e) {
        throw e.getCause() instanceof Exception cause ? cause : e;
      } finally {
        callers.shutdownNow();
      }
    }
  }
}
