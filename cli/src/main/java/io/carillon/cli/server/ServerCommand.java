package io.carillon.cli.server;

import com.google.common.net.HostAndPort;
import io.carillon.cli.terminal.Logging;
import io.carillon.cli.terminal.Session;
import io.carillon.common.config.Logs;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/**
 * A command that runs a server until SIGTERM or Ctrl-C, and then stops it in order. The JVM's own
 * handling of signals is used: the stop runs in a shutdown hook, and the exit code is 130 or 143.
 */
abstract class ServerCommand implements Callable<Integer>, Session.Taker {

  private static final Duration STOP_LIMIT = Duration.ofSeconds(60);

  @Spec private CommandSpec spec;
  private Session session;
  private volatile Running running;

  /** Something that has been started. */
  interface Running extends AutoCloseable {
    /** Waits until it has ended by itself; the answer is the exit code. */
    int awaitEnd() throws InterruptedException;

    /** Stops it in order. */
    @Override
    void close() throws Exception;
  }

  /** Not a field: commands are made for every call of the program, and few run a server. */
  abstract ServerKind kind();

  /** Starts it; what takes long, and would be left behind by a signal, is named before. */
  abstract Running start(Settings settings) throws Exception;

  /** What a signal stops from now on. */
  final void stopsOnSignal(Running what) {
    running = what;
  }

  @Override
  public Integer call() throws Exception {
    Settings settings = SettingOptions.load(kind(), spec, session.world().environment());
    Logging.configure(settings.get(Logs.class));
    warnOfUnknown();
    CountDownLatch stopped = new CountDownLatch(1);
    Thread onSignal = new Thread(() -> stop(stopped), "stop");
    Runtime.getRuntime().addShutdownHook(onSignal);
    try {
      stopsOnSignal(start(settings));
      int exit = running.awaitEnd();
      stop(stopped);
      return exit;
    } finally {
      try {
        Runtime.getRuntime().removeShutdownHook(onSignal);
      } catch (IllegalStateException e) {
        // A signal is stopping it at this moment, and the JVM waits for that.
        stopped.await(STOP_LIMIT.toSeconds(), TimeUnit.SECONDS);
      }
    }
  }

  private void stop(CountDownLatch stopped) {
    Running what = running;
    try {
      if (what != null) {
        what.close();
      }
    } catch (Exception e) {
      talk().println("carillon: did not stop in order: " + e);
    } finally {
      stopped.countDown();
    }
  }

  @Override
  public final void take(Session given) {
    session = given;
  }

  PrintWriter talk() {
    return session.world().err();
  }

  /** As what it was started, as in "./carillon". */
  String command() {
    return session.world().command();
  }

  private void warnOfUnknown() {
    List<String> unknown =
        Settings.unknown(session.world().environment(), EnvironmentDefaults.variables(spec.root()));
    if (!unknown.isEmpty()) {
      talk()
          .println(
              "WARNING: these variables mean nothing: "
                  + String.join(", ", unknown)
                  + "; docs/settings.md has those that there are");
    }
  }

  /** There is no authentication yet, so listening to the network must not happen unnoticed. */
  void warnIfOpen(HostAndPort address, String what) {
    if (!ListenAddress.isLoopback(address)) {
      talk()
          .println(
              "WARNING: "
                  + what
                  + " listens on "
                  + address
                  + ", and there is no authentication yet: whoever reaches this port can read and change everything."
                  + " Listen on 127.0.0.1, or keep others away with a firewall.");
    }
  }
}
