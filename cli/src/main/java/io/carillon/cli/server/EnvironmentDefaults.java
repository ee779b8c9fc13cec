package io.carillon.cli.server;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Every option can be given as {@code CARILLON_<LONG_NAME>} too; one on the command line wins. */
public final class EnvironmentDefaults implements IDefaultValueProvider {

  private final Map<String, String> environment;

  public EnvironmentDefaults(Map<String, String> environment) {
    this.environment = environment;
  }

  @Override
  public String defaultValue(ArgSpec argument) {
    if (!(argument instanceof OptionSpec option)
        || option.usageHelp()
        || option.versionHelp()
        || option.userObject() instanceof SettingSpec) {
      return null;
    }
    return environment.get(variable(option));
  }

  /** The variables of all options, those of subcommands among them. */
  static List<String> variables(CommandSpec command) {
    return Stream.concat(
            command.options().stream().map(EnvironmentDefaults::variable),
            command.subcommands().values().stream()
                .flatMap(sub -> variables(sub.getCommandSpec()).stream()))
        .distinct()
        .toList();
  }

  static String variable(OptionSpec option) {
    String longest =
        Arrays.stream(option.names()).max(Comparator.comparingInt(String::length)).orElseThrow();
    return "CARILLON_" + longest.replaceFirst("^-+", "").replace('-', '_').toUpperCase(Locale.ROOT);
  }
}
