package io.carillon.bench.peers;

import com.google.gson.Gson;
import io.carillon.bench.peers.Order.Setup;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A process of a peer, as the harness sees it. */
final class PeerProcess implements AutoCloseable {

  /** The same for every process of every peer. */
  static final List<String> JVM = List.of("-Xms256m", "-Xmx1g", "-XX:+UseG1GC");

  private static final Gson JSON = new Gson();
  private static final int CAPACITY = 4_000_000;
  private static final long ANSWER_LIMIT_SECONDS = 180;
  private static final int LOG_TAIL_CHARACTERS = 3_000;

  private final Process process;
  private final PrintStream orders;
  private final BlockingQueue<String> answers = new LinkedBlockingQueue<>();
  private final Path log;
  private final Arrivals arrivals;
  private Map<String, String> settings = Map.of();

  private PeerProcess(Process process, Path log, Arrivals arrivals) {
    this.process = process;
    this.orders = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
    this.log = log;
    this.arrivals = arrivals;
    Thread reader = new Thread(this::read, "answers of a peer");
    reader.setDaemon(true);
    reader.start();
  }

  /**
   * Starts one and waits until it is ready.
   *
   * @param folder for its log and its arrivals
   * @param name of those files
   */
  static PeerProcess start(Setup setup, Path folder, String name) throws Exception {
    Path log = folder.resolve(name + ".log");
    Path file = folder.resolve(name + ".arrivals");
    List<String> line = new ArrayList<>();
    line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    line.addAll(JVM);
    line.addAll(List.of("-cp", System.getProperty("java.class.path"), PeerMain.class.getName()));
    Process process =
        new ProcessBuilder(line).redirectError(Redirect.appendTo(log.toFile())).start();
    PeerProcess peer = new PeerProcess(process, log, Arrivals.open(file, CAPACITY));
    try {
      peer.settings = peer.ask(setup.keeping(file, CAPACITY)).settings();
      return peer;
    } catch (Exception | Error e) {
      peer.close();
      throw e;
    }
  }

  private void read() {
    try (BufferedReader in =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line; (line = in.readLine()) != null; ) {
        answers.add(line);
      }
    } catch (IOException e) {
      // It has ended, which whoever asks it finds out.
    }
  }

  Order.Reply obey(Order order) throws InterruptedException {
    return ask(order);
  }

  private Order.Reply ask(Object order) throws InterruptedException {
    orders.println(JSON.toJson(order));
    long limit = System.nanoTime() + TimeUnit.SECONDS.toNanos(ANSWER_LIMIT_SECONDS);
    String line = null;
    while (line == null && process.isAlive() && System.nanoTime() < limit) {
      line = answers.poll(100, TimeUnit.MILLISECONDS);
    }
    Order.Reply reply = line == null ? null : JSON.fromJson(line, Order.Reply.class);
    if (reply == null || reply.error() != null) {
      String why = reply == null ? "no answer" : reply.error();
      throw new IllegalStateException(why + " to " + JSON.toJson(order) + "\n" + logTail());
    }
    return reply;
  }

  private String logTail() {
    try {
      String text = Files.readString(log);
      return text.substring(Math.max(0, text.length() - LOG_TAIL_CHARACTERS));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Map<String, String> settings() {
    return settings;
  }

  /** Readable also after its end. */
  Arrivals arrivals() {
    return arrivals;
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** Zero when it has ended. */
  Duration cpuTime() {
    return process.info().totalCpuDuration().orElse(Duration.ZERO);
  }

  /** kill -9. */
  void kill() throws InterruptedException {
    process.destroyForcibly();
    process.waitFor();
  }

  @Override
  public void close() {
    process.destroyForcibly();
    try {
      process.waitFor(10, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
