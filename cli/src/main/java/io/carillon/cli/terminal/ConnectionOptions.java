package io.carillon.cli.terminal;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** Options of every command, before or after its name. */
public final class ConnectionOptions {

  @Option(
      names = "--server",
      scope = ScopeType.INHERIT,
      split = ",",
      paramLabel = "HOST:PORT",
      description = "Masters to talk to, tried in order (default: 127.0.0.1:7400).")
  private List<String> servers = new ArrayList<>();

  @Option(
      names = "--tenant",
      scope = ScopeType.INHERIT,
      paramLabel = "ID",
      defaultValue = "default",
      description = "Whose schedules and destinations (default: ${DEFAULT-VALUE}).")
  private String tenant = "default";

  @Option(
      names = "--timeout",
      scope = ScopeType.INHERIT,
      paramLabel = "DURATION",
      defaultValue = "10s",
      description = "How long to wait for each answer (default: ${DEFAULT-VALUE}).")
  private Duration timeout = Duration.ofSeconds(10);

  @Option(
      names = {"-o", "--output"},
      scope = ScopeType.INHERIT,
      paramLabel = "table|json",
      defaultValue = "table",
      converter = Output.FormatConverter.class,
      description = "How to write results (default: ${DEFAULT-VALUE}).")
  private Output.Format format = Output.Format.TABLE;

  List<String> servers() {
    return servers == null || servers.isEmpty() ? List.of("127.0.0.1:7400") : servers;
  }

  Names names() {
    return new Names(tenant);
  }

  public Duration timeout() {
    return timeout;
  }

  public Output.Format format() {
    return format;
  }
}
