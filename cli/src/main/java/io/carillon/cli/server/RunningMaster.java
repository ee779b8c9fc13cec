package io.carillon.cli.server;

import io.carillon.cli.terminal.ExitCode;
import io.carillon.cli.terminal.StartException;
import io.carillon.master.app.MasterConfig;
import io.carillon.master.app.MasterServer;
import io.carillon.master.store.sql.DatabaseUnavailableException;
import java.io.IOException;
import java.util.concurrent.ExecutionException;

/** A master in this process, and the one place in the command that starts one. */
public final class RunningMaster implements ServerCommand.Running {

  private final MasterServer server;

  private RunningMaster(MasterServer server) {
    this.server = server;
  }

  public static RunningMaster start(MasterConfig config) {
    try {
      return new RunningMaster(MasterServer.start(config));
    } catch (DatabaseUnavailableException e) {
      throw new StartException(e.getMessage(), ExitCode.UNAVAILABLE, e);
    } catch (IOException e) {
      throw new StartException(
          e.getMessage() + "; give another with --listen or --node-listen", ExitCode.OTHER, e);
    }
  }

  /** Whether it leads, and does not follow another master. */
  boolean isLeading() {
    return server.isLeading();
  }

  /** The port of the public API that is really listened on. */
  public int apiPort() {
    return server.port();
  }

  /** The port for clock nodes that is really listened on. */
  public int nodePort() {
    return server.nodePort();
  }

  /** A master that stops without being asked has said why in its log. */
  @Override
  public int awaitEnd() throws InterruptedException {
    try {
      return server.termination().get().isEmpty() ? ExitCode.OK : ExitCode.OTHER;
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    server.close();
  }
}
