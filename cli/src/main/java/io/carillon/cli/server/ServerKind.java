package io.carillon.cli.server;

import io.carillon.common.config.Commits;
import io.carillon.common.config.Development;
import io.carillon.common.config.LeaseTerm;
import io.carillon.common.config.Listen;
import io.carillon.common.config.Logs;
import io.carillon.common.config.Membership;
import io.carillon.common.config.Node;
import io.carillon.common.config.Storage;
import io.carillon.common.config.Ticking;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** What can be run, and the records that hold its settings. A new concern is one record here. */
public enum ServerKind {
  MASTER(
      Storage.DEFAULTS,
      Listen.DEFAULTS,
      LeaseTerm.DEFAULTS,
      Membership.DEFAULTS,
      Commits.DEFAULTS,
      Logs.DEFAULTS),
  CLOCK_NODE(Node.DEFAULTS, Ticking.DEFAULTS, Logs.DEFAULTS),
  DEV(Development.DEFAULTS, Listen.DEFAULTS, Logs.DEFAULTS);

  private final List<Record> defaults;

  ServerKind(Record... defaults) {
    this.defaults = List.of(defaults);
  }

  /** The name of its command. */
  String command() {
    return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
  }

  /** Whether a command of this name runs a server. */
  public static boolean isNamed(String command) {
    return Arrays.stream(values()).anyMatch(kind -> kind.command().equals(command));
  }

  /** Its records, with the values that hold unless others are given. */
  List<Record> defaults() {
    return defaults;
  }

  /** Its settings, in the order of the records. */
  public List<SettingSpec> settings() {
    return defaults.stream().flatMap(SettingSpec::of).toList();
  }

  /** Those of all. */
  static Stream<SettingSpec> all() {
    return Arrays.stream(values()).flatMap(kind -> kind.settings().stream());
  }
}
