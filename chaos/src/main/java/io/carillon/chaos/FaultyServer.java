package io.carillon.chaos;

import io.carillon.bench.load.WallClock;
import io.carillon.bench.rig.ServerProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A server that faults happen to: they can hold it down, and step its wall clock where libfaketime
 * is installed.
 */
final class FaultyServer extends ServerProcess {

  private static final List<String> JVM =
      List.of("-Xmx384m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");

  private static final List<Path> FAKETIME =
      List.of(
          Path.of("/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1"),
          Path.of("/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1"),
          Path.of("/usr/lib/faketime/libfaketimeMT.so.1"),
          Path.of("/usr/local/lib/faketime/libfaketimeMT.so.1"));

  private final Path clock;

  /** Faults hold it down; else it is started again when it has ended. */
  private boolean heldDown;

  FaultyServer(String id, Path folder, List<String> arguments) throws IOException {
    super(id, folder, JVM, arguments);
    this.clock = folder.resolve(id + ".clock");
    step(0);
  }

  /** Where libfaketime is. */
  static Optional<Path> faketime() {
    return FAKETIME.stream().filter(Files::exists).findFirst();
  }

  @Override
  public void start() throws IOException {
    start(false);
  }

  /**
   * Starts it, if it does not run, and lets go of it.
   *
   * @param steppable whether its wall clock can be stepped: that makes every look at a clock dear,
   *     so it is for few processes and not for long
   */
  synchronized void start(boolean steppable) throws IOException {
    heldDown = false;
    start(steppable ? fakeClock() : Map.of());
  }

  /** What a process needs in its environment so that its wall clock can be stepped. */
  Map<String, String> fakeClock() {
    return faketime()
        .map(
            library ->
                Map.of(
                    "LD_PRELOAD",
                    library.toString(),
                    "FAKETIME_TIMESTAMP_FILE",
                    clock.toString(),
                    "FAKETIME_DONT_FAKE_MONOTONIC",
                    "1",
                    // Else timed waits return at once (libfaketime 0.9.10 on glibc 2.36): an idle
                    // JVM spins.
                    "FAKETIME_FORCE_MONOTONIC_FIX",
                    "0",
                    "FAKETIME_CACHE_DURATION",
                    "1"))
        .orElse(Map.of());
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
    builder.environment().putAll(fakeClock());
    Process date = builder.start();
    long seen =
        Long.parseLong(
            new String(
                    date.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8)
                .strip());
    date.waitFor();
    return seen - WallClock.nowMicros() / 1_000_000;
  }

  /** Starts it again if it has ended and no fault holds it down. */
  synchronized boolean revive() throws IOException {
    if (heldDown || isAlive()) {
      return false;
    }
    start(false);
    return true;
  }

  /** Stays down until {@link #start(boolean)} or {@link #release}. */
  @Override
  public int kill() throws InterruptedException {
    hold();
    return super.kill();
  }

  /** Alike. */
  @Override
  public int terminate() throws InterruptedException {
    hold();
    return super.terminate();
  }

  private synchronized void hold() {
    heldDown = true;
  }

  synchronized void release() {
    heldDown = false;
  }

  @Override
  public synchronized void close() {
    heldDown = true;
    super.close();
  }
}
