package io.carillon.cli.server;

import java.time.Duration;
import java.util.List;

/** The reference page of all settings. */
final class SettingsReference {

  private static final String BEGIN =
      """
      # Settings

      Made by `carillon config reference` from what the program knows; do not edit it.

      A setting is given as an option, in the environment, or in a file named by `--config FILE`
      (`CARILLON_CONFIG`), in this order of rank; else the default holds. Where no file is named,
      `conf/master.properties` (`clock-node`, `dev`) in the folder of the distribution is it, if it
      is there. `carillon config print master` (`clock-node`, `dev`) shows what holds and where it
      comes from, secrets masked.

      The file has lines of `key=value`, in UTF-8; `#` begins a comment. A key that is not in the
      table of the server that is started is refused. A variable `CARILLON_…` that means nothing is
      warned of. An empty variable or value is as good as none.

      Durations are written as `500ms`, `3s`, `1m30s`, `2h`, `1d` or `PT3S`; addresses as
      `host:port`, those of IPv6 as `[::1]:7400`; lists with commas; flags as `true` or `false` (as
      an option: `--flag`, `--no-flag`). All times are kept in microseconds.

      Secrets are not taken from the command line, where others on the machine see them. Beside the
      variable and the file of settings, a secret may be the first line of a file of its own, named
      by `KEY-file`.

      Options of commands that are clients, such as `--server` and `--timeout`, are in `carillon
      --help`; they too are variables.
      """;

  private SettingsReference() {}

  static String markdown() {
    StringBuilder page = new StringBuilder(BEGIN);
    for (ServerKind kind : ServerKind.values()) {
      page.append("\n## carillon ").append(kind.command()).append('\n');
      page.append("\n| Key | Type | Default | Bounds | Option | Variable | Meaning |\n");
      page.append("|---|---|---|---|---|---|---|\n");
      for (SettingSpec spec : kind.settings()) {
        row(
            page,
            spec.key(),
            type(spec),
            byDefault(spec),
            SettingText.bounds(spec),
            spec.says().secret() ? "" : code(spec.option()),
            code(spec.variable()),
            spec.says().value());
        if (spec.says().secret()) {
          row(
              page,
              spec.fileKey(),
              "file",
              "none",
              "",
              code("--" + spec.fileKey()),
              code(SettingSpec.variable(spec.fileKey())),
              "A file whose first line is " + spec.key() + ".");
        }
      }
    }
    return page.toString();
  }

  private static void row(StringBuilder page, String key, String... cells) {
    page.append("| `").append(key).append("` | ");
    page.append(String.join(" | ", List.of(cells)).replace("|  | ", "| | ")).append(" |\n");
  }

  private static String code(String text) {
    return "`" + text + "`";
  }

  private static String byDefault(SettingSpec spec) {
    if (spec.says().required()) {
      return "required";
    }
    return spec.says().otherwise().isEmpty()
        ? code(SettingText.show(spec.defaultValue()))
        : spec.says().otherwise();
  }

  private static String type(SettingSpec spec) {
    Class<?> type = spec.component().getType();
    if (spec.isList()) {
      return "list of addresses";
    } else if (type == Duration.class) {
      return "duration";
    } else if (type == int.class) {
      return "number";
    } else if (spec.isFlag()) {
      return "flag";
    } else if (type.isEnum()) {
      return SettingText.label(spec).replace("|", ", ");
    } else if (type == String.class) {
      return spec.says().secret() ? "secret" : "text";
    }
    return "address";
  }
}
