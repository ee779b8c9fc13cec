package io.carillon.cli.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.net.HostAndPort;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import io.carillon.cli.FakeMaster;
import io.carillon.cli.SettingsArriveTest;
import io.carillon.cli.terminal.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** How settings are read. That they act is {@link SettingsArriveTest}'s. */
public class SettingsTest {

  private static final Path REFERENCE = Path.of("../docs/settings.md");

  @TempDir Path folder;

  /** A value as it is written that is not the default; another one for each step. */
  public static String other(SettingSpec spec, int step) {
    Object usual = spec.defaultValue();
    if (usual instanceof Duration duration) {
      return SettingText.show(duration.plusMillis(step));
    } else if (usual instanceof Integer number) {
      return Integer.toString(number + step);
    } else if (usual instanceof Boolean flag) {
      return Boolean.toString(!flag);
    } else if (usual instanceof Enum<?> constant) {
      Object[] all = constant.getDeclaringClass().getEnumConstants();
      return SettingText.show(all[(constant.ordinal() + step) % all.length]);
    } else if (spec.component().getType() == HostAndPort.class) {
      return "h_" + spec.component().getName().toLowerCase() + ":" + (5_000 + step);
    } else if (spec.isList()) {
      return "h1:" + (5_000 + step) + ",[::1]:7401";
    } else if (spec.key().equals("database-url")) {
      return "jdbc:postgresql://h/d" + step;
    }
    return spec.key().replace('-', spec.key().equals("node-id") ? '-' : '_') + step;
  }

  private static Map<String, String> others(ServerKind kind, int step) {
    Map<String, String> values = new HashMap<>();
    kind.settings().forEach(spec -> values.put(spec.key(), other(spec, step)));
    return values;
  }

  private Path file(Map<String, String> values) throws IOException {
    List<String> lines = new ArrayList<>(List.of("# for a test"));
    values.forEach((key, value) -> lines.add(key + "=" + value));
    return Files.write(folder.resolve("carillon.properties"), lines);
  }

  private static Map<String, String> environment(Map<String, String> values) {
    Map<String, String> environment = new HashMap<>();
    values.forEach((key, value) -> environment.put(SettingSpec.variable(key), value));
    return environment;
  }

  @ParameterizedTest
  @EnumSource(ServerKind.class)
  void each_setting_has_a_meaning_and_a_key_of_its_own(ServerKind kind) {
    Set<String> keys = new HashSet<>();
    for (SettingSpec spec : kind.settings()) {
      assertNotNull(spec.says(), () -> spec.component() + " has no @Setting");
      assertTrue(keys.add(spec.key()), spec.key());
      assertFalse(spec.says().value().isEmpty(), spec.key());
    }
  }

  @ParameterizedTest
  @EnumSource(ServerKind.class)
  void each_is_taken_from_options_before_the_environment_before_the_file(ServerKind kind)
      throws IOException {
    Path file = file(others(kind, 1));
    Map<String, String> environment = environment(others(kind, 2));
    Map<String, String> options = others(kind, 3);
    for (SettingSpec spec : kind.settings()) {
      Map<String, String> none = new HashMap<>(Map.of("config", file.toString()));
      Effective read = new Effective(kind, none, Map.of(), spec);
      assertEquals(other(spec, 1), read.text);
      assertTrue(
          read.source.matches(java.util.regex.Pattern.quote(file + ":") + "\\d+"), read.source);
      read = new Effective(kind, none, environment, spec);
      assertEquals(other(spec, 2), read.text);
      assertEquals(spec.variable(), read.source);
      none.putAll(options);
      read = new Effective(kind, none, environment, spec);
      assertEquals(other(spec, 3), read.text);
      assertEquals(spec.option(), read.source);
    }
  }

  /** What holds for one setting. */
  private static final class Effective {
    final String text;
    final String source;

    Effective(
        ServerKind kind,
        Map<String, String> options,
        Map<String, String> environment,
        SettingSpec of)
        throws IOException {
      Settings.Effective found =
          Settings.load(kind, options, environment).effective().stream()
              .filter(setting -> setting.spec().key().equals(of.key()))
              .findFirst()
              .orElseThrow();
      text = SettingText.show(found.value());
      source = found.source();
    }
  }

  @ParameterizedTest
  @EnumSource(ServerKind.class)
  void each_option_is_taken_by_the_command_and_printed(ServerKind kind) {
    for (SettingSpec spec : kind.settings()) {
      if (spec.says().secret()) {
        continue;
      }
      String value = other(spec, 1);
      List<String> line = new ArrayList<>(List.of("config", "print", kind.command(), "-o", "json"));
      line.add(spec.isFlag() ? spec.option() : spec.option() + "=" + value);
      FakeMaster.Outcome outcome =
          FakeMaster.runWith(
              "",
              Map.of("CARILLON_DATABASE_URL", "jdbc:postgresql://h/d"),
              line.toArray(String[]::new));
      assertEquals(0, outcome.exit(), outcome.err());
      JsonArray all = JsonParser.parseString(outcome.out()).getAsJsonArray();
      assertEquals(kind.settings().size(), all.size());
      for (JsonElement one : all) {
        if (one.getAsJsonObject().get("key").getAsString().equals(spec.key())) {
          assertEquals(value, one.getAsJsonObject().get("value").getAsString());
          assertEquals(spec.option(), one.getAsJsonObject().get("source").getAsString());
        }
      }
    }
  }

  private static FakeMaster.Outcome print(Map<String, String> environment, String... arguments) {
    List<String> line = new ArrayList<>(List.of("config", "print"));
    line.addAll(List.of(arguments));
    return FakeMaster.runWith("", environment, line.toArray(String[]::new));
  }

  private static void assertRefused(FakeMaster.Outcome outcome, String... words) {
    assertEquals(ExitCode.USAGE, outcome.exit(), outcome.err());
    for (String word : words) {
      assertTrue(outcome.err().contains(word), outcome.err());
    }
  }

  @Test
  void what_is_not_allowed_is_refused_with_its_key_its_reason_and_where_it_is_from()
      throws IOException {
    String[][] wrong = {
      {"lease-ttl", "999ms", "must be from 1s to 5m, but is 999ms"},
      {"lease-ttl", "soon", "is not a duration"},
      {"session-timeout", "700ms", "three times heartbeat-interval, 750ms"},
      {"start-grace", "1s", "session-timeout, 2s"},
      {"partitions", "4097", "must be from 1 to 4096"},
      {"partitions", "many", "no whole number"},
      {"warm-standby", "yes", "none of true, false"},
      {"log-level", "loud", "none of trace, debug, info, warn, error"},
      {"schema", "Bad", "[a-z0-9_]"},
      {"listen", "7400", "is not a host:port"},
      {"advertise", "0.0.0.0:7400", "where others reach this master"},
      {"node-advertise", "[::]:7400", "where others reach this master"},
      {"node-listen", "127.0.0.1:7400", "another address than listen"}
    };
    Map<String, String> database = Map.of("CARILLON_DATABASE_URL", "jdbc:postgresql://h/d");
    for (String[] one : wrong) {
      Map<String, String> environment = new HashMap<>(database);
      environment.put(SettingSpec.variable(one[0]), one[1]);
      assertRefused(
          print(environment, "master"),
          one[0] + ": ",
          one[2],
          "(from " + SettingSpec.variable(one[0]) + ")");
      Path file = file(Map.of(one[0], one[1]));
      assertRefused(
          print(database, "master", "--config", file.toString()),
          one[0] + ": ",
          one[2],
          "(from " + file + ":2)");
    }
    assertRefused(print(Map.of(), "master"), "database-url is missing", "CARILLON_DATABASE_URL");
  }

  @Test
  void a_key_that_is_no_setting_of_this_server_is_refused() throws IOException {
    Path file = file(Map.of("leese-ttl", "3s", "weight", "3", "nodes", "2"));
    assertRefused(
        print(Map.of(), "clock-node", "--config", file.toString()),
        file + ": no setting of clock-node: leese-ttl, nodes;");
    assertRefused(print(Map.of(), "dev", "--config", "/no/such/file"), "cannot read /no/such");
  }

  @Test
  void the_file_of_the_distribution_is_read_unless_another_is_named() throws IOException {
    Path conf = Files.createDirectories(folder.resolve("conf"));
    Path file = Files.writeString(conf.resolve("clock-node.properties"), "master=h:1\n");
    Map<String, String> home = Map.of("CARILLON_HOME", folder.toString());
    assertTrue(print(home, "clock-node").out().contains(file + ":1"));
    assertEquals(0, print(home, "dev").exit());
    Path other = file(Map.of("weight", "3"));
    FakeMaster.Outcome outcome = print(home, "clock-node", "--config", other.toString());
    assertFalse(outcome.out().contains(file.toString()), outcome.out());
  }

  @Test
  void the_files_of_the_distribution_name_settings_that_there_are_and_change_none()
      throws IOException {
    for (String server : List.of("master", "clock-node", "dev")) {
      Path given = Path.of("..", "dist", "src", "main", "conf", server + ".properties");
      List<String> lines = Files.readAllLines(given);
      assertTrue(lines.stream().allMatch(line -> line.isEmpty() || line.startsWith("#")), server);
      List<String> settings = lines.stream().filter(line -> line.matches("#[a-z].*")).toList();
      assertTrue(settings.size() >= 4, server);
      Path used =
          Files.write(
              folder.resolve(server + ".properties"),
              settings.stream()
                  .filter(line -> !line.contains("password-file"))
                  .map(line -> line.substring(1))
                  .toList());
      FakeMaster.Outcome outcome = print(Map.of(), server, "--config", used.toString());
      assertEquals(0, outcome.exit(), outcome.err());
    }
  }

  @Test
  void a_variable_that_means_nothing_is_named_but_not_one_that_kubernetes_makes() {
    Map<String, String> environment = new HashMap<>();
    for (String name :
        List.of(
            "CARILLON_LEESE_TTL",
            "CARILLON_LEASE_TTL",
            "CARILLON_SERVER",
            "CARILLON_JAVA_OPTS",
            "CARILLON_CONFIG",
            "CARILLON_HOME",
            "CARILLON_COMMAND",
            "CARILLON_PREPARE",
            "CARILLON_DATABASE_PASSWORD_FILE",
            "CARILLON_SERVICE_HOST",
            "CARILLON_PORT_7400_TCP_ADDR",
            "HOME")) {
      environment.put(name, "x");
    }
    assertEquals(
        List.of("CARILLON_LEESE_TTL"), Settings.unknown(environment, List.of("CARILLON_SERVER")));
  }

  @Test
  void a_password_is_not_taken_from_the_command_line_and_not_repeated() {
    Map<String, String> none = Map.of();
    List<String[]> lines =
        List.of(
            new String[] {"--database-url", "postgres://h/d", "--database-password", "s3cret"},
            new String[] {"--database-url", "postgres://h/d", "--database-password=s3cret"},
            new String[] {"--database-url", "postgres://u:s3cret@h/d"},
            new String[] {"--database-url", "jdbc:postgresql://h/d?user=u&password=s3cret"});
    for (String[] line : lines) {
      List<String> all = new ArrayList<>(List.of("master"));
      all.addAll(List.of(line));
      FakeMaster.Outcome outcome = FakeMaster.runWith("", none, all.toArray(String[]::new));
      assertRefused(outcome, "others can see command lines", "CARILLON_DATABASE_PASSWORD");
      assertFalse(outcome.err().contains("s3cret"), outcome.err());
    }
  }

  @Test
  void a_password_comes_from_the_environment_the_file_or_a_file_of_its_own_and_is_masked()
      throws IOException {
    Path own = Files.writeString(folder.resolve("password"), "s3cret\nmore\n");
    Path file = file(Map.of("database-password", "s3cret"));
    List<Map<String, String>> ways =
        List.of(
            Map.of("CARILLON_DATABASE_PASSWORD", "s3cret"),
            Map.of("CARILLON_DATABASE_PASSWORD_FILE", own.toString()),
            Map.of("CARILLON_CONFIG", file.toString()));
    for (Map<String, String> way : ways) {
      Map<String, String> environment = new HashMap<>(way);
      environment.put("CARILLON_DATABASE_URL", "postgres://u:s3cret@h/d");
      Settings settings = Settings.load(ServerKind.MASTER, Map.of(), environment);
      assertEquals("s3cret", MasterServerCommand.config(settings).database().password());
      FakeMaster.Outcome outcome = print(environment, "master");
      assertEquals(0, outcome.exit(), outcome.err());
      assertTrue(outcome.out().matches("(?s).*database-password +\\*{8} .*"), outcome.out());
      assertFalse(outcome.out().contains("s3cret"), outcome.out());
      assertFalse(MasterServerCommand.config(settings).toString().contains("s3cret"));
    }
    assertRefused(
        print(
            Map.of(
                "CARILLON_DATABASE_URL", "postgres://h/d",
                "CARILLON_DATABASE_PASSWORD", "s3cret",
                "CARILLON_DATABASE_PASSWORD_FILE", own.toString()),
            "master"),
        "both given");
  }

  @Test
  void a_flag_that_the_environment_sets_can_be_taken_back() throws IOException {
    Map<String, String> set =
        Map.of("CARILLON_WARM_STANDBY", "true", "CARILLON_DATABASE_URL", "postgres://h/d");
    assertTrue(
        print(set, "master").out().matches("(?s).*warm-standby +true +CARILLON_WARM_STANDBY.*"));
    assertTrue(
        print(set, "master", "--no-warm-standby")
            .out()
            .matches("(?s).*warm-standby +false +--warm-standby.*"));
  }

  @Test
  void the_reference_is_what_the_program_knows() throws IOException {
    assertEquals(
        SettingsReference.markdown(),
        Files.readString(REFERENCE),
        "make it anew: ./carillon config reference > docs/settings.md");
  }

  @Test
  void defaults_keep_the_rules_that_are_checked() {
    for (ServerKind kind : ServerKind.values()) {
      for (Record defaults : kind.defaults()) {
        assertNotEquals(null, io.carillon.common.config.Records.with(defaults, Map.of()));
      }
    }
    assertThrows(
        IllegalArgumentException.class,
        () ->
            io.carillon.common.config.Records.with(
                io.carillon.common.config.LeaseTerm.DEFAULTS, "ttl", Duration.ZERO));
  }
}
