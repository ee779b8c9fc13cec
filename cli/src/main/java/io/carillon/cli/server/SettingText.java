package io.carillon.cli.server;

import com.google.common.net.HostAndPort;
import io.carillon.cli.terminal.TimeText;
import io.carillon.common.config.Records;
import io.carillon.transport.Addresses;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Values of settings as they are written: the same in options, environment and files. */
final class SettingText {

  private SettingText() {}

  /**
   * The value that a text stands for.
   *
   * @throws IllegalArgumentException if it stands for none of the setting's type; says how to write
   *     one
   */
  static Object parse(SettingSpec spec, String text) {
    if (spec.isList()) {
      return Arrays.stream(text.split(",", -1)).map(Addresses::parse).toList();
    }
    Class<?> type = spec.component().getType();
    if (type == HostAndPort.class) {
      return Addresses.parse(text);
    } else if (type == Duration.class) {
      return TimeText.parseDuration(text.strip());
    } else if (type == int.class) {
      return number(text.strip());
    } else if (type == boolean.class) {
      return oneOf(text.strip(), List.of(true, false));
    } else if (type.isEnum()) {
      return oneOf(text.strip(), Arrays.asList(type.getEnumConstants()));
    } else if (type == String.class) {
      return text;
    }
    throw new IllegalStateException(spec.component() + " is of a type that nothing reads");
  }

  private static int number(String text) {
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("\"" + text + "\" is no whole number");
    }
  }

  private static Object oneOf(String text, List<?> values) {
    return values.stream()
        .filter(value -> show(value).equals(text))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "\""
                        + text
                        + "\" is none of "
                        + values.stream()
                            .map(SettingText::show)
                            .collect(Collectors.joining(", "))));
  }

  /** As {@link #parse} reads it; null for nothing. */
  static String show(Object value) {
    if (value == null) {
      return null;
    } else if (value instanceof List<?> list) {
      return list.stream().map(SettingText::show).collect(Collectors.joining(","));
    } else if (value instanceof Enum<?> constant) {
      return constant.name().toLowerCase(Locale.ROOT);
    }
    return Records.show(value);
  }

  /** What stands for a value in help. */
  static String label(SettingSpec spec) {
    Class<?> type = spec.component().getType();
    if (!spec.says().label().isEmpty()) {
      return spec.says().label();
    } else if (type == Duration.class) {
      return "DURATION";
    } else if (type == int.class) {
      return "N";
    } else if (type.isEnum()) {
      return Arrays.stream(type.getEnumConstants())
          .map(SettingText::show)
          .collect(Collectors.joining("|"));
    }
    return "TEXT";
  }

  /** Such as "1s to 5m"; empty if there are none. */
  static String bounds(SettingSpec spec) {
    String least = bound(spec, spec.says().min());
    String most = bound(spec, spec.says().max());
    if (least.isEmpty()) {
      return "";
    }
    return most.isEmpty() ? least + " or more" : least + " to " + most;
  }

  private static String bound(SettingSpec spec, String bound) {
    return bound.isEmpty() || spec.component().getType() != Duration.class
        ? bound
        : show(Duration.parse(bound));
  }
}
