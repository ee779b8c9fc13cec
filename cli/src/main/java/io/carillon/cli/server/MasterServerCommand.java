package io.carillon.cli.server;

import io.carillon.common.config.Commits;
import io.carillon.common.config.LeaseTerm;
import io.carillon.common.config.Listen;
import io.carillon.common.config.Membership;
import io.carillon.common.config.Storage;
import io.carillon.master.app.MasterConfig;
import picocli.CommandLine.Command;

@Command(name = "master", description = "Run a master on a PostgreSQL, until SIGTERM or Ctrl-C.")
public final class MasterServerCommand extends ServerCommand {

  @Override
  ServerKind kind() {
    return ServerKind.MASTER;
  }

  @Override
  Running start(Settings settings) {
    MasterConfig config = config(settings);
    Listen listen = config.listen();
    warnIfOpen(listen.listen(), "the public API");
    warnIfOpen(listen.nodeListen(), "the port for clock nodes");
    RunningMaster master = RunningMaster.start(config);
    talk()
        .println(
            "master: public API on "
                + ListenAddress.reach(listen.listen(), master.apiPort())
                + ", clock nodes on "
                + ListenAddress.reach(listen.nodeListen(), master.nodePort())
                + (master.isLeading() ? "; leads" : "; follows, and takes over when needed"));
    return master;
  }

  /** How a master runs under these settings. */
  public static MasterConfig config(Settings settings) {
    Storage storage = settings.get(Storage.class);
    return new MasterConfig(
        DatabaseTarget.of(storage).config(storage),
        storage.partitions(),
        settings.get(Listen.class),
        settings.get(LeaseTerm.class),
        settings.get(Membership.class),
        settings.get(Commits.class));
  }
}
