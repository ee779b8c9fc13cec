package io.carillon.bench.rig;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A master or a clock node as a process of its own, started as an operator starts it, again and
 * again under the same id. What it says goes into a log file that all its lives share.
 */
public class ServerProcess implements AutoCloseable {

  private static final long END_LIMIT_SECONDS = 30;
  private static final int TAIL_BYTES = 3_000;

  private final String id;
  private final List<String> command;
  private final Path log;
  private Process process;
  private int starts;

  /**
   * @param folder where its log file goes
   * @param jvm options of the JVM
   * @param arguments of the command carillon
   */
  public ServerProcess(String id, Path folder, List<String> jvm, List<String> arguments) {
    this.id = id;
    this.log = folder.resolve(id + ".log");
    List<String> line = new ArrayList<>();
    line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    line.addAll(jvm);
    line.addAll(List.of("-cp", System.getProperty("java.class.path")));
    line.add("io.carillon.cli.Carillon");
    line.addAll(arguments);
    this.command = List.copyOf(line);
  }

  /** Its name in the harness; a clock node's also in the cluster. */
  public final String id() {
    return id;
  }

  public final Path log() {
    return log;
  }

  /** Starts it, if it does not run; does not wait until it serves. */
  public void start() throws IOException {
    start(Map.of());
  }

  /**
   * @param environment what it gets beside that of the harness
   */
  protected final synchronized void start(Map<String, String> environment) throws IOException {
    if (isAlive()) {
      return;
    }
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().putAll(environment);
    builder.redirectErrorStream(true);
    builder.redirectOutput(Redirect.appendTo(log.toFile()));
    process = builder.start();
    starts++;
  }

  /** The same again after it has ended. */
  public final void restart() throws IOException {
    if (isAlive()) {
      throw new IllegalStateException(id + " runs");
    }
    start();
  }

  public final synchronized boolean isAlive() {
    return process != null && process.isAlive();
  }

  /** Of its latest life; -1 if it has never been started. */
  public final synchronized long pid() {
    return process == null ? -1 : process.pid();
  }

  /** The exit code of one that has ended. */
  public final synchronized int exit() {
    return process.exitValue();
  }

  /** How often it has been started. */
  public final synchronized int starts() {
    return starts;
  }

  /** kill -9, and waits until it is gone. Answers the exit code. */
  public int kill() throws InterruptedException {
    return end(true);
  }

  /** SIGTERM, and waits until it is gone. Answers the exit code; -1 if it had to be killed. */
  public int terminate() throws InterruptedException {
    return end(false);
  }

  private int end(boolean kill) throws InterruptedException {
    Process victim;
    synchronized (this) {
      victim = process;
    }
    if (kill) {
      victim.destroyForcibly();
    } else {
      victim.destroy();
    }
    if (!victim.waitFor(END_LIMIT_SECONDS, TimeUnit.SECONDS)) {
      victim.destroyForcibly().waitFor();
      return -1;
    }
    return victim.exitValue();
  }

  /**
   * @param name as kill(1) knows it, for example STOP or CONT
   */
  public final void signal(String name) throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-" + name, Long.toString(pid())).start().waitFor();
  }

  /** Whether the kernel says that it is stopped. */
  public final boolean isStopped() {
    return ProcessFigures.isStopped(pid());
  }

  /** CPU time of its latest life; zero when that has ended. */
  public final Duration cpuTime() {
    return ProcessFigures.cpuTime(pid());
  }

  /** Memory that is in RAM: heap, metaspace, threads, buffers. */
  public final long residentBytes() {
    return ProcessFigures.residentBytes(pid());
  }

  /** What lives on its heap after a full collection. Needs the jcmd of a JDK. */
  public final long liveHeapBytes() throws IOException, InterruptedException {
    return ProcessFigures.liveHeapBytes(pid());
  }

  /** The end of its log, for whoever has to find out why it does not serve. */
  public final String logTail() {
    try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "r")) {
      file.seek(Math.max(0, file.length() - TAIL_BYTES));
      byte[] bytes = new byte[(int) (file.length() - file.getFilePointer())];
      file.readFully(bytes);
      return new String(bytes, StandardCharsets.UTF_8);
    } catch (IOException e) {
      return "no log: " + e.getMessage();
    }
  }

  /** Ends it at once if it runs. */
  @Override
  public synchronized void close() {
    if (process != null) {
      process.destroyForcibly();
    }
  }
}
