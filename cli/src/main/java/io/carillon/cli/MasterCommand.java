package io.carillon.cli;

import io.carillon.master.election.ElectionSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(name = "master", description = "Run a master on a PostgreSQL, until SIGTERM or Ctrl-C.")
final class MasterCommand extends ServerCommand {

  @Option(
      names = "--database-url",
      required = true,
      paramLabel = "URL",
      description =
          "PostgreSQL: jdbc:postgresql://host:5432/database or postgres://user@host:5432/database.")
  private String databaseUrl;

  @Option(names = "--database-user", paramLabel = "USER", description = "Who to be there.")
  private String databaseUser;

  @Option(
      names = "--database-password",
      paramLabel = "PASSWORD",
      description = "Better given as CARILLON_DATABASE_PASSWORD: others can see command lines.")
  private String databasePassword;

  @Option(
      names = "--database-password-file",
      paramLabel = "FILE",
      description = "A file whose first line is the password.")
  private Path databasePasswordFile;

  @Option(
      names = "--schema",
      paramLabel = "NAME",
      defaultValue = "carillon",
      description = "Schema of the tables, made if needed (default: ${DEFAULT-VALUE}).")
  private String schema;

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
      names = "--advertise",
      paramLabel = "HOST:PORT",
      converter = ListenAddress.Converter.class,
      description =
          "Where other masters reach the public API (default: as it listens, or this machine's host"
              + " name).")
  private ListenAddress advertise;

  @Option(
      names = "--node-advertise",
      paramLabel = "HOST:PORT",
      converter = ListenAddress.Converter.class,
      description = "Where clock nodes reach this master (default: alike).")
  private ListenAddress nodeAdvertise;

  @Option(
      names = "--lease-ttl",
      paramLabel = "DURATION",
      defaultValue = "3s",
      description =
          "A leader that is not seen alive for this long is given up; the same on all masters, 1s"
              + " to 5m (default: ${DEFAULT-VALUE}).")
  private Duration leaseTtl;

  @Override
  Running start() throws Exception {
    DatabaseTarget database = DatabaseTarget.of(databaseUrl, databaseUser, password());
    warnIfOpen(listen, "the public API");
    warnIfOpen(nodeListen, "the port for clock nodes");
    RunningMaster master =
        RunningMaster.start(
            new RunningMaster.Settings(
                database,
                schema,
                listen,
                nodeListen,
                reachable(advertise, "--advertise"),
                reachable(nodeAdvertise, "--node-advertise"),
                election()));
    talk()
        .println(
            "master: public API on "
                + ListenAddress.reach(listen, master.apiPort())
                + ", clock nodes on "
                + ListenAddress.reach(nodeListen, master.nodePort())
                + (master.isLeading() ? "; leads" : "; follows, and takes over when needed"));
    return master;
  }

  private static ListenAddress reachable(ListenAddress address, String option) {
    if (address != null && (address.port() == 0 || address.isWildcard())) {
      throw new UsageException(
          option + " must say where others reach this master, so not 0.0.0.0 or port 0");
    }
    return address;
  }

  private ElectionSettings election() {
    try {
      return ElectionSettings.of(leaseTtl.toMillis() * 1_000);
    } catch (IllegalArgumentException e) {
      throw new UsageException("--lease-ttl: " + e.getMessage());
    }
  }

  private String password() throws IOException {
    if (databasePasswordFile == null) {
      return databasePassword;
    }
    return Files.readString(databasePasswordFile).lines().findFirst().orElse("");
  }
}
