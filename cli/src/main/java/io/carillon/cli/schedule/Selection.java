package io.carillon.cli.schedule;

import io.carillon.cli.terminal.Names;
import io.carillon.cli.terminal.UsageException;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Which schedules a command is about: one, or many. */
final class Selection {

  @Parameters(
      arity = "0..1",
      paramLabel = "SCHEDULE",
      description = "Id of the schedule, or its full name.")
  private String schedule;

  @Option(names = "--all", description = "All schedules of the tenant.")
  private boolean all;

  @Option(
      names = "--label",
      paramLabel = "KEY=VALUE",
      description = "All schedules of the tenant with this label; may be repeated.")
  private Map<String, String> labels = new LinkedHashMap<>();

  @Option(
      names = "--all-tenants",
      description = "All schedules of all tenants; with --label those of them.")
  private boolean allTenants;

  boolean many() {
    return all || allTenants || !labels.isEmpty();
  }

  /**
   * Refuses what contradicts itself.
   *
   * @param otherwise whether another option says which ones
   */
  void check(boolean otherwise) {
    if (schedule != null && (many() || otherwise)) {
      throw new UsageException("name a schedule, or say which ones by options, not both");
    }
    if (schedule == null && !many() && !otherwise) {
      throw new UsageException(
          "which schedules? Name one, or give --all, --label or --all-tenants");
    }
    if (all && (allTenants || !labels.isEmpty())) {
      throw new UsageException(
          "--all is all of the tenant; leave it out beside --label or --all-tenants");
    }
  }

  boolean one() {
    return schedule != null;
  }

  String name(Names names) {
    return names.schedule(schedule);
  }

  String parent(Names names) {
    return allTenants ? Names.ALL_TENANTS : names.parent();
  }

  Map<String, String> labels() {
    return labels;
  }
}
