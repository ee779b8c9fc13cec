package io.carillon.cli;

import io.carillon.common.config.Development;
import io.carillon.common.config.Listen;
import picocli.CommandLine.Command;

@Command(
    name = "dev",
    description = {
      "Run everything in this process: PostgreSQL, a master and clock nodes. Nothing needs to be installed.",
      "The data stays in the folder: what was scheduled is there again at the next start."
    })
final class DevCommand extends ServerCommand {

  @Override
  ServerKind kind() {
    return ServerKind.DEV;
  }

  @Override
  Running start(Settings settings) throws Exception {
    Listen listen = settings.get(Listen.class);
    warnIfOpen(listen.listen(), "the public API");
    warnIfOpen(listen.nodeListen(), "the port for clock nodes");
    Dev dev = Dev.start(settings.get(Development.class), listen);
    dev.describe(talk());
    return dev;
  }
}
