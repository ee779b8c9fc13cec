package io.carillon.cli.server;

import io.carillon.common.config.Records;
import io.carillon.common.config.Setting;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * A setting: where it is kept, what it means, and what it is unless it is given.
 *
 * @param component of a settings record
 * @param defaultValue null if there is none
 */
public record SettingSpec(RecordComponent component, Object defaultValue) {

  static Stream<SettingSpec> of(Record defaults) {
    return Arrays.stream(defaults.getClass().getRecordComponents())
        .map(component -> new SettingSpec(component, Records.get(defaults, component)));
  }

  Setting says() {
    return component.getAnnotation(Setting.class);
  }

  /** In files. */
  public String key() {
    return Records.key(component);
  }

  String option() {
    return "--" + key();
  }

  /** In the environment. */
  String variable() {
    return variable(key());
  }

  static String variable(String key) {
    return "CARILLON_" + key.replace('-', '_').toUpperCase(Locale.ROOT);
  }

  /** The key of a file that holds it, for secrets. */
  String fileKey() {
    return key() + "-file";
  }

  boolean isFlag() {
    return component.getType() == boolean.class;
  }

  boolean isList() {
    return component.getType() == List.class;
  }
}
