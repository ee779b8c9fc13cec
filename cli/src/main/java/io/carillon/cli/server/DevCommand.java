package io.carillon.cli.server;

import io.carillon.common.config.Development;
import io.carillon.common.config.Listen;
import picocli.CommandLine.Command;

@Command(
    name = "dev",
    description = {
      "Run everything in this process: PostgreSQL, a master and clock nodes. Nothing needs to be installed.",
      "The data stays in the folder: what was scheduled is there again at the next start."
    })
public final class DevCommand extends ServerCommand {

  @Override
  ServerKind kind() {
    return ServerKind.DEV;
  }

  @Override
  Running start(Settings settings) throws Exception {
    Listen listen = settings.get(Listen.class);
    warnIfOpen(listen.listen(), "the public API");
    warnIfOpen(listen.nodeListen(), "the port for clock nodes");
    Dev dev = new Dev(settings.get(Development.class), listen);
    // From here on: a PostgreSQL that was begun must not be left behind.
    stopsOnSignal(dev);
    dev.start();
    dev.describe(talk(), command());
    return dev;
  }
}
