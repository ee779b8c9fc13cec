package io.carillon.cli.server;

import io.carillon.cli.terminal.UsageException;
import io.carillon.cli.terminal.World;
import io.carillon.common.config.Records;
import io.carillon.common.config.SettingException;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfig;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The settings of a server, each with where it comes from: an option, else the environment, else
 * the file, else the default.
 */
public final class Settings {

  static final String FILE = "config";

  /** The variable that names the folder of the distribution, set by its launcher. */
  private static final String HOME = "CARILLON_HOME";

  private static final int OPTION = 400;
  private static final int VARIABLE = 300;
  private static final int LINE = 200;

  /**
   * What one setting is.
   *
   * @param value null if it is not set
   * @param source what has set it: an option, a variable, a line of a file; or "default"
   */
  public record Effective(SettingSpec spec, Object value, String source) {

    /** With secrets masked; null if it is not set. */
    String shown() {
      if (value == null || spec.says().secret()) {
        return value == null ? null : "********";
      }
      return DatabaseTarget.masked(SettingText.show(value));
    }
  }

  /** A text with where it stands. */
  private record Given(String text, String source, int ordinal) {}

  private final ServerKind kind;
  private final SmallRyeConfig config;
  private final String file;
  private final List<Effective> effective = new ArrayList<>();
  private final Map<Class<?>, Record> records = new HashMap<>();

  private Settings(ServerKind kind, SmallRyeConfig config, String file) {
    this.kind = kind;
    this.config = config;
    this.file = file;
  }

  /**
   * Reads all of them.
   *
   * @param options by key, as given on the command line
   * @throws UsageException if one is not allowed, missing or not known; says which, and where from
   * @throws IOException if a file cannot be read
   */
  public static Settings load(
      ServerKind kind, Map<String, String> options, Map<String, String> environment)
      throws IOException {
    Map<String, String> variables = new HashMap<>();
    for (String key : keys(kind)) {
      String value = environment.getOrDefault(SettingSpec.variable(key), "");
      if (!value.isEmpty()) {
        variables.put(key, value);
      }
    }
    String file =
        options.getOrDefault(FILE, variables.getOrDefault(FILE, usual(kind, environment)));
    SmallRyeConfigBuilder builder =
        new SmallRyeConfigBuilder()
            .withSources(
                new PropertiesConfigSource(options, "options", OPTION),
                new PropertiesConfigSource(variables, "environment", VARIABLE));
    if (file != null) {
      builder.withSources(readable(kind, Path.of(file)));
    }
    Settings settings = new Settings(kind, builder.build(), file);
    settings.read();
    return settings;
  }

  /** The file in {@code conf/} of the distribution; null if there is none. */
  private static String usual(ServerKind kind, Map<String, String> environment) {
    if (!environment.containsKey(HOME)) {
      return null;
    }
    Path file = Path.of(environment.get(HOME), "conf", kind.command() + ".properties");
    return Files.exists(file) ? file.toString() : null;
  }

  private static List<String> keys(ServerKind kind) {
    List<String> keys = new ArrayList<>(List.of(FILE));
    for (SettingSpec spec : kind.settings()) {
      keys.add(spec.key());
      if (spec.says().secret()) {
        keys.add(spec.fileKey());
      }
    }
    return keys;
  }

  private static PropertiesConfigSource readable(ServerKind kind, Path file) throws IOException {
    if (!Files.isReadable(file) || Files.isDirectory(file)) {
      throw new UsageException("--config: cannot read " + file);
    }
    PropertiesConfigSource source = new PropertiesConfigSource(file.toUri().toURL(), LINE);
    List<String> known = keys(kind);
    known.remove(FILE);
    List<String> unknown =
        source.getPropertyNames().stream().filter(key -> !known.contains(key)).sorted().toList();
    if (!unknown.isEmpty()) {
      throw new UsageException(
          file
              + ": no setting of "
              + kind.command()
              + ": "
              + String.join(", ", unknown)
              + "; docs/settings.md has those that there are");
    }
    return source;
  }

  private void read() throws IOException {
    for (Record defaults : kind.defaults()) {
      Map<String, Object> values = new HashMap<>();
      for (SettingSpec spec : SettingSpec.of(defaults).toList()) {
        Effective setting = read(spec);
        effective.add(setting);
        values.put(spec.component().getName(), setting.value());
      }
      try {
        records.put(defaults.getClass(), Records.with(defaults, values));
      } catch (SettingException e) {
        throw new UsageException(e.getMessage() + " (from " + source(e.key()) + ")");
      }
    }
  }

  private Effective read(SettingSpec spec) throws IOException {
    Optional<Given> given = given(spec.key());
    if (spec.says().secret()) {
      given = secret(spec, given);
    }
    if (given.isEmpty()) {
      if (spec.says().required()) {
        throw new UsageException(
            "%s is missing: give %s, %s, or %s in a --config file"
                .formatted(spec.key(), spec.option(), spec.variable(), spec.key()));
      }
      return new Effective(spec, spec.defaultValue(), "default");
    }
    if (given.get().ordinal() == OPTION && DatabaseTarget.hasPassword(given.get().text())) {
      throw new UsageException(
          spec.option()
              + ": others can see command lines, so a password must not be in it; give it in"
              + " CARILLON_DATABASE_PASSWORD, in a file named by --database-password-file, or the"
              + " whole in "
              + spec.variable());
    }
    try {
      Object value = SettingText.parse(spec, given.get().text());
      return new Effective(spec, value, given.get().source());
    } catch (IllegalArgumentException e) {
      throw new UsageException(
          spec.key() + ": " + e.getMessage() + " (from " + given.get().source() + ")");
    }
  }

  /** From itself or from the file that is named for it, whichever goes before. */
  private Optional<Given> secret(SettingSpec spec, Optional<Given> itself) throws IOException {
    Optional<Given> named = given(spec.fileKey());
    if (named.isEmpty()
        || itself.filter(given -> given.ordinal() > named.get().ordinal()).isPresent()) {
      return itself;
    }
    if (itself.filter(given -> given.ordinal() == named.get().ordinal()).isPresent()) {
      throw new UsageException(
          "%s and %s are both given: leave one out".formatted(spec.key(), spec.fileKey()));
    }
    Path path = Path.of(named.get().text());
    String first = Files.readString(path).lines().findFirst().orElse("");
    return Optional.of(new Given(first, named.get().source() + " " + path, named.get().ordinal()));
  }

  private Optional<Given> given(String key) {
    var value = config.getConfigValue(key);
    if (value.getValue() == null
        || (value.getValue().isEmpty() && value.getConfigSourceOrdinal() == LINE)) {
      return Optional.empty();
    }
    String source =
        switch (value.getConfigSourceOrdinal()) {
          case OPTION -> "--" + key;
          case VARIABLE -> SettingSpec.variable(key);
          default -> file + ":" + value.getLineNumber();
        };
    return Optional.of(new Given(value.getValue(), source, value.getConfigSourceOrdinal()));
  }

  private String source(String key) {
    return effective.stream()
        .filter(setting -> setting.spec().key().equals(key))
        .map(Effective::source)
        .findFirst()
        .orElse("default");
  }

  /** One of the server's records. */
  public <R extends Record> R get(Class<R> record) {
    return record.cast(records.get(record));
  }

  /** All that hold, in the order of the reference. */
  public List<Effective> effective() {
    return List.copyOf(effective);
  }

  /**
   * Variables that begin with CARILLON_ and are nobody's, such as misspelled ones. Not refused:
   * Kubernetes makes some of its own for a service of that name.
   *
   * @param known those of options beside the settings
   */
  static List<String> unknown(Map<String, String> environment, List<String> known) {
    List<String> all = ServerKind.all().map(SettingSpec::variable).collect(Collectors.toList());
    ServerKind.all()
        .filter(spec -> spec.says().secret())
        .forEach(spec -> all.add(SettingSpec.variable(spec.fileKey())));
    all.addAll(known);
    all.addAll(
        List.of(
            "CARILLON_CONFIG",
            HOME,
            World.COMMAND,
            "CARILLON_JAVA_HOME",
            "CARILLON_JAVA_OPTS",
            "CARILLON_PREPARE"));
    return environment.keySet().stream()
        .filter(name -> name.startsWith("CARILLON_") && !all.contains(name))
        .filter(name -> !name.matches(".*_(SERVICE_HOST|SERVICE_PORT|PORT)(_.*)?"))
        .sorted()
        .toList();
  }
}
