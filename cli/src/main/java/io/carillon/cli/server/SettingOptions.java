package io.carillon.cli.server;

import io.carillon.cli.terminal.UsageException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Options of the commands that run servers, made of what the settings say of themselves. */
public final class SettingOptions {

  private SettingOptions() {}

  /** Adds them to the commands that take them and are named. */
  public static void addTo(CommandLine root, String... arguments) {
    List<String> words = Arrays.asList(arguments);
    for (ServerKind kind : ServerKind.values()) {
      if (words.contains(kind.command())) {
        add(root, kind);
        CommandLine config = root.getSubcommands().get("config");
        if (config != null) {
          add(config.getSubcommands().get("print"), kind);
        }
      }
    }
  }

  private static void add(CommandLine parent, ServerKind kind) {
    CommandLine command = parent.getSubcommands().get(kind.command());
    if (command != null) {
      add(command.getCommandSpec(), kind);
    }
  }

  private static void add(CommandSpec command, ServerKind kind) {
    command.addOption(
        OptionSpec.builder("--" + Settings.FILE)
            .type(String.class)
            .paramLabel("FILE")
            .description(
                "Settings as lines of key=value, below options and environment in rank;"
                    + " docs/settings.md has the keys.")
            .build());
    for (SettingSpec spec : kind.settings()) {
      command.addOption(option(spec));
      if (spec.says().secret()) {
        command.addOption(
            OptionSpec.builder("--" + spec.fileKey())
                .userObject(spec)
                .type(String.class)
                .paramLabel("FILE")
                .description("A file whose first line is " + spec.key() + ".")
                .build());
      }
    }
    command
        .usageMessage()
        .footer(
            "",
            "Further settings are in docs/settings.md; `carillon config print "
                + kind.command()
                + "` tells what holds and why.");
  }

  private static OptionSpec option(SettingSpec spec) {
    OptionSpec.Builder option =
        OptionSpec.builder(spec.option())
            .userObject(spec)
            .description(description(spec))
            .hidden(isHidden(spec));
    if (spec.isFlag()) {
      return option.type(boolean.class).arity("0").negatable(true).build();
    } else if (spec.isList()) {
      return option
          .type(List.class)
          .auxiliaryTypes(String.class)
          .arity("1")
          .paramLabel(SettingText.label(spec) + "[,...]")
          .build();
    } else if (spec.says().secret()) {
      // Taken with or without a value, and refused in words of ours.
      return option.type(String.class).arity("0..1").fallbackValue("").build();
    }
    return option.type(String.class).arity("1").paramLabel(SettingText.label(spec)).build();
  }

  private static boolean isHidden(SettingSpec spec) {
    return spec.says().advanced() || spec.says().secret();
  }

  private static String description(SettingSpec spec) {
    String bounds = SettingText.bounds(spec);
    String otherwise =
        spec.says().otherwise().isEmpty()
            ? SettingText.show(spec.defaultValue())
            : spec.says().otherwise();
    String text = spec.says().value();
    if (spec.isFlag() || otherwise == null) {
      return text;
    }
    return text + " (" + (bounds.isEmpty() ? "" : bounds + "; ") + "default: " + otherwise + ")";
  }

  /**
   * The settings of a server, as its command line and the environment give them.
   *
   * @throws UsageException if they are not allowed
   * @throws IOException if a file cannot be read
   */
  static Settings load(ServerKind kind, CommandSpec command, Map<String, String> environment)
      throws IOException {
    CommandLine.ParseResult parsed = command.commandLine().getParseResult();
    Map<String, String> given = new HashMap<>();
    for (OptionSpec option : parsed.matchedOptions()) {
      given.put(option.longestName().substring(2), text(option.getValue()));
    }
    given.keySet().retainAll(keys(kind));
    for (SettingSpec spec : kind.settings()) {
      if (spec.says().secret() && given.containsKey(spec.key())) {
        throw new UsageException(
            "%s: others can see command lines; give it in %s, in a file named by --%s, or as %s in a --config file"
                .formatted(spec.option(), spec.variable(), spec.fileKey(), spec.key()));
      }
    }
    return Settings.load(kind, given, environment);
  }

  private static List<String> keys(ServerKind kind) {
    List<String> keys = new ArrayList<>(List.of(Settings.FILE));
    kind.settings().forEach(spec -> keys.addAll(List.of(spec.key(), spec.fileKey())));
    return keys;
  }

  private static String text(Object value) {
    return value instanceof List<?> list
        ? String.join(",", list.stream().map(String::valueOf).toList())
        : String.valueOf(value);
  }
}
