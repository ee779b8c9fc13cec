package io.carillon.bench.chaos;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A master or a clock node as a process of its own, started as an operator starts it, again and
 * again. Its wall clock can be stepped where libfaketime is installed.
 */
final class ServerProcess implements AutoCloseable {

  private static final List<Path> FAKETIME =
      List.of(
          Path.of("/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1"),
          Path.of("/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1"),
          Path.of("/usr/lib/faketime/libfaketimeMT.so.1"),
          Path.of("/usr/local/lib/faketime/libfaketimeMT.so.1"));

  private final String name;
  private final List<String> arguments;
  private final Path log;
  private final Path clock;
  private Process process;

  /** Faults hold it down; else it is started again when it has ended. */
  private boolean heldDown;

  private int starts;

  ServerProcess(String name, Path folder, List<String> arguments) throws IOException {
    this.name = name;
    this.arguments = List.copyOf(arguments);
    this.log = folder.resolve(name + ".log");
    this.clock = folder.resolve(name + ".clock");
    step(0);
  }

  /** Where libfaketime is. */
  static Optional<Path> faketime() {
    return FAKETIME.stream().filter(Files::exists).findFirst();
  }

  String name() {
    return name;
  }

  Path log() {
    return log;
  }

  void start() throws IOException {
    start(false);
  }

  /**
   * Starts it, if it does not run.
   *
   * @param steppable whether its wall clock can be stepped: that makes every look at a clock dear,
   *     so it is for few processes and not for long
   */
  synchronized void start(boolean steppable) throws IOException {
    heldDown = false;
    if (isAlive()) {
      return;
    }
    List<String> line = new ArrayList<>();
    line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    line.addAll(List.of("-Xmx384m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    line.addAll(List.of("-cp", System.getProperty("java.class.path")));
    line.add("io.carillon.cli.Carillon");
    line.addAll(arguments);
    ProcessBuilder builder = new ProcessBuilder(line);
    if (steppable) {
      faketime().ifPresent(library -> fakeClock(builder, library));
    }
    builder.redirectErrorStream(true);
    builder.redirectOutput(Redirect.appendTo(log.toFile()));
    process = builder.start();
    starts++;
  }

  private void fakeClock(ProcessBuilder builder, Path library) {
    builder.environment().put("LD_PRELOAD", library.toString());
    builder.environment().put("FAKETIME_TIMESTAMP_FILE", clock.toString());
    builder.environment().put("FAKETIME_DONT_FAKE_MONOTONIC", "1");
    builder.environment().put("FAKETIME_CACHE_DURATION", "1");
  }

  /** Steps its wall clock to the true time and this many seconds; seen within a second. */
  void step(long seconds) throws IOException {
    Path next = clock.resolveSibling(clock.getFileName() + ".next");
    Files.writeString(next, (seconds < 0 ? "" : "+") + seconds + "\n");
    // As one: the process must never read half of it.
    Files.move(
        next,
        clock,
        java.nio.file.StandardCopyOption.ATOMIC_MOVE,
        java.nio.file.StandardCopyOption.REPLACE_EXISTING);
  }

  /** How far a process with its environment sees the wall clock from the true one, in seconds. */
  long offsetSeen() throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder("date", "+%s");
    faketime().ifPresent(library -> fakeClock(builder, library));
    Process date = builder.start();
    long seen =
        Long.parseLong(
            new String(
                    date.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8)
                .strip());
    date.waitFor();
    return seen - Clock.now() / 1_000_000;
  }

  synchronized boolean isAlive() {
    return process != null && process.isAlive();
  }

  synchronized long pid() {
    return process == null ? -1 : process.pid();
  }

  /** The exit code of one that has ended. */
  synchronized int exit() {
    return process.exitValue();
  }

  synchronized int starts() {
    return starts;
  }

  /** Starts it again if it has ended and no fault holds it down. */
  synchronized boolean revive() throws IOException {
    if (heldDown || isAlive()) {
      return false;
    }
    start();
    return true;
  }

  /** kill -9; stays down until {@link #start} or {@link #release}. Answers the exit code. */
  int kill() throws InterruptedException {
    return end(true);
  }

  /** SIGTERM. */
  int terminate() throws InterruptedException {
    return end(false);
  }

  private int end(boolean kill) throws InterruptedException {
    Process victim;
    synchronized (this) {
      heldDown = true;
      victim = process;
    }
    if (kill) {
      victim.destroyForcibly();
    } else {
      victim.destroy();
    }
    if (!victim.waitFor(30, TimeUnit.SECONDS)) {
      victim.destroyForcibly().waitFor();
      return -1;
    }
    return victim.exitValue();
  }

  synchronized void release() {
    heldDown = false;
  }

  void signal(String signal) throws IOException, InterruptedException {
    new ProcessBuilder("kill", signal, Long.toString(pid())).start().waitFor();
  }

  /** Whether the kernel says that it is stopped. */
  boolean isStopped() throws IOException {
    Path stat = Path.of("/proc/" + pid() + "/stat");
    if (!Files.exists(stat)) {
      return false;
    }
    String text = Files.readString(stat);
    return text.charAt(text.lastIndexOf(')') + 2) == 'T';
  }

  @Override
  public synchronized void close() {
    heldDown = true;
    if (process != null) {
      process.destroyForcibly();
    }
  }
}
