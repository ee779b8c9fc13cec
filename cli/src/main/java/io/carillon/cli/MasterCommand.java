package io.carillon.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
      names = "--warm-standby",
      description = {
        "Have each partition kept loaded by the node that would take it over, so that it goes on at",
        "once when the owner is lost. Clock nodes need twice the memory."
      })
  private boolean warmStandby;

  @Override
  Running start() throws Exception {
    DatabaseTarget database = DatabaseTarget.of(databaseUrl, databaseUser, password());
    warnIfOpen(listen, "the public API");
    warnIfOpen(nodeListen, "the port for clock nodes");
    RunningMaster master =
        RunningMaster.start(
            new RunningMaster.Settings(database, schema, listen, nodeListen, warmStandby));
    talk()
        .println(
            "master: public API on "
                + ListenAddress.reach(listen, master.apiPort())
                + ", clock nodes on "
                + ListenAddress.reach(nodeListen, master.nodePort()));
    return master;
  }

  private String password() throws IOException {
    if (databasePasswordFile == null) {
      return databasePassword;
    }
    return Files.readString(databasePasswordFile).lines().findFirst().orElse("");
  }
}
