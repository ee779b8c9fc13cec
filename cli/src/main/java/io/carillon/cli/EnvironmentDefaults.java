package io.carillon.cli;

import java.util.Arrays;
import java.util.Comparator;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Every option can be given as {@code CARILLON_<LONG_NAME>} too; one on the command line wins. */
final class EnvironmentDefaults implements IDefaultValueProvider {

  private final Map<String, String> environment;

  EnvironmentDefaults(Map<String, String> environment) {
    this.environment = environment;
  }

  @Override
  public String defaultValue(ArgSpec argument) {
    if (!(argument instanceof OptionSpec option) || option.usageHelp() || option.versionHelp()) {
      return null;
    }
    return environment.get(variable(option));
  }

  static String variable(OptionSpec option) {
    String longest =
        Arrays.stream(option.names()).max(Comparator.comparingInt(String::length)).orElseThrow();
    return "CARILLON_" + longest.replaceFirst("^-+", "").replace('-', '_').toUpperCase(Locale.ROOT);
  }
}
