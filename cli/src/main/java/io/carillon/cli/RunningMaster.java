package io.carillon.cli;

import io.carillon.master.app.MasterConfig;
import io.carillon.master.app.MasterServer;
import io.carillon.master.store.DatabaseConfig;
import io.carillon.master.store.DatabaseUnavailableException;
import java.io.IOException;
import java.util.concurrent.ExecutionException;

/** A master in this process, and the one place in the command that starts one. */
final class RunningMaster implements ServerCommand.Running {

  /** What the options of {@code master} and {@code dev} say. */
  record Settings(
      DatabaseTarget database,
      String schema,
      ListenAddress listen,
      ListenAddress nodeListen,
      boolean warmStandby) {

    Settings(
        DatabaseTarget database, String schema, ListenAddress listen, ListenAddress nodeListen) {
      this(database, schema, listen, nodeListen, false);
    }
  }

  private final MasterServer server;

  private RunningMaster(MasterServer server) {
    this.server = server;
  }

  static RunningMaster start(Settings settings) {
    DatabaseTarget target = settings.database();
    DatabaseConfig database;
    try {
      database =
          DatabaseConfig.of(
                  target.jdbcUrl(),
                  // As psql does. A user within the URL goes before.
                  target.user() != null ? target.user() : System.getProperty("user.name"),
                  target.password() != null ? target.password() : "")
              .withSchema(settings.schema());
    } catch (IllegalArgumentException e) {
      throw new UsageException(e.getMessage());
    }
    MasterConfig config =
        MasterConfig.of(database)
            .listeningOn(settings.listen().resolve(), settings.nodeListen().resolve())
            .withWarmStandby(settings.warmStandby());
    try {
      return new RunningMaster(MasterServer.start(config));
    } catch (DatabaseUnavailableException e) {
      throw new StartException(e.getMessage(), ExitCode.UNAVAILABLE, e);
    } catch (IllegalStateException e) {
      throw new StartException(e.getMessage(), ExitCode.CONFLICT, e);
    } catch (IOException e) {
      throw new StartException(
          e.getMessage() + "; give another with --listen or --node-listen", ExitCode.OTHER, e);
    }
  }

  /** The port of the public API that is really listened on. */
  int apiPort() {
    return server.port();
  }

  /** The port for clock nodes that is really listened on. */
  int nodePort() {
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
