package io.carillon.cli;

import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "dev",
    description = {
      "Run everything in this process: PostgreSQL, a master and clock nodes. Nothing needs to be installed.",
      "The data stays in the folder: what was scheduled is there again at the next start."
    })
final class DevCommand extends ServerCommand {

  @Option(
      names = "--nodes",
      paramLabel = "N",
      defaultValue = "1",
      description = "How many clock nodes (default: ${DEFAULT-VALUE}; 0 to start them yourself).")
  private int nodes;

  @Option(
      names = "--data-dir",
      paramLabel = "FOLDER",
      defaultValue = "./carillon-data",
      description = "Where the data is kept (default: ${DEFAULT-VALUE}).")
  private Path dataDir;

  @Option(
      names = "--listen",
      paramLabel = "HOST:PORT",
      defaultValue = "127.0.0.1:7400",
      converter = ListenAddress.Converter.class,
      description = "Public API (default: ${DEFAULT-VALUE}).")
  private ListenAddress listen;

  @Option(
      names = "--node-listen",
      paramLabel = "HOST:PORT",
      defaultValue = "127.0.0.1:7401",
      converter = ListenAddress.Converter.class,
      description = "For clock nodes (default: ${DEFAULT-VALUE}).")
  private ListenAddress nodeListen;

  @Option(
      names = "--postgres-port",
      paramLabel = "PORT",
      defaultValue = "0",
      description = "Port of PostgreSQL on loopback (default: a free one).")
  private int postgresPort;

  @Override
  Running start() throws Exception {
    if (nodes < 0 || nodes > 100) {
      throw new UsageException("--nodes is from 0 to 100");
    }
    warnIfOpen(listen, "the public API");
    warnIfOpen(nodeListen, "the port for clock nodes");
    Dev dev = new Dev(new Dev.Settings(dataDir, nodes, listen, nodeListen, postgresPort));
    // From here on: a PostgreSQL that was begun must not be left behind.
    stopsOnSignal(dev);
    dev.start();
    dev.describe(talk());
    return dev;
  }
}
