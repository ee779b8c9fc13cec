package io.carillon.cli;

/**
 * A master in this process, and the one place in the command that starts one.
 *
 * <p>WIRING: {@link #start} must build a MasterConfig from the settings and answer a running
 * MasterServer.
 */
interface RunningMaster extends AutoCloseable {

  /** What the options of {@code master} and {@code dev} say. */
  record Settings(
      DatabaseTarget database, String schema, ListenAddress listen, ListenAddress nodeListen) {}

  /** The port of the public API that is really listened on. */
  int apiPort();

  /** The port for clock nodes that is really listened on. */
  int nodePort();

  /** Waits until the master has ended by itself; the answer is the exit code. */
  int awaitEnd() throws InterruptedException;

  /** Stops it in order. */
  @Override
  void close() throws Exception;

  static RunningMaster start(Settings settings) throws Exception {
    throw new StartException(
        "this build has no master yet (" + settings.database() + ", " + settings.schema() + ")",
        null);
  }
}
