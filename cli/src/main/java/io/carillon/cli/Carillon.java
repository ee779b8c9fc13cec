package io.carillon.cli;

import io.carillon.cli.calendar.CalendarCommand;
import io.carillon.cli.cluster.ClusterCommand;
import io.carillon.cli.cluster.OperationCommand;
import io.carillon.cli.fire.DestinationCommand;
import io.carillon.cli.fire.FireCommand;
import io.carillon.cli.fire.SubscribeCommand;
import io.carillon.cli.fire.VerifyCommand;
import io.carillon.cli.schedule.ScheduleCommand;
import io.carillon.cli.server.ClockNodeCommand;
import io.carillon.cli.server.ConfigCommand;
import io.carillon.cli.server.DevCommand;
import io.carillon.cli.server.EnvironmentDefaults;
import io.carillon.cli.server.MasterServerCommand;
import io.carillon.cli.server.ServerKind;
import io.carillon.cli.server.SettingOptions;
import io.carillon.cli.terminal.ConnectionOptions;
import io.carillon.cli.terminal.DayText;
import io.carillon.cli.terminal.ExitCode;
import io.carillon.cli.terminal.Failures;
import io.carillon.cli.terminal.GroupCommand;
import io.carillon.cli.terminal.Logging;
import io.carillon.cli.terminal.Moment;
import io.carillon.cli.terminal.Output;
import io.carillon.cli.terminal.Session;
import io.carillon.cli.terminal.TimeText;
import io.carillon.cli.terminal.World;
import io.carillon.v1.DateRange;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import java.util.concurrent.Callable;
import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The {@code carillon} command. */
@Command(
    name = "carillon",
    description = "A distributed clock cluster: schedules that fire exactly when they should.",
    mixinStandardHelpOptions = true,
    scope = ScopeType.INHERIT,
    versionProvider = Carillon.Version.class,
    synopsisSubcommandLabel = "COMMAND",
    usageHelpAutoWidth = true,
    footer = {
      "",
      "Every option can also be given as an environment variable: --server as CARILLON_SERVER.",
      "Exit codes: 0 ok, 1 other, 2 wrong usage or invalid argument, 3 not found, 4 conflict, 5 not allowed,",
      "6 unavailable (try again), 7 a bulk was refused in part, 8 the ledger has a gap, 130 interrupted."
    })
public final class Carillon implements Callable<Integer> {

  /** What the JVM makes of bytes that the locale does not know: the character itself is lost. */
  private static final char UNREADABLE = '\ufffd';

  private static final List<Class<?>> COMMANDS =
      List.of(
          ScheduleCommand.class,
          FireCommand.class,
          VerifyCommand.class,
          CalendarCommand.class,
          OperationCommand.class,
          DestinationCommand.class,
          SubscribeCommand.class,
          ClusterCommand.class,
          DevCommand.class,
          MasterServerCommand.class,
          ClockNodeCommand.class,
          ConfigCommand.class,
          Carillon.VersionCommand.class);

  // Read by picocli.
  @SuppressWarnings("UnusedVariable")
  @Mixin
  private final ConnectionOptions options;

  @Spec private CommandSpec spec;

  private Carillon(ConnectionOptions options) {
    this.options = options;
  }

  public static void main(String[] arguments) {
    World world = World.ofProcess();
    prepare();
    int exit = run(world, arguments);
    world.out().flush();
    System.exit(exit);
  }

  /** What holds for the whole process: a log for servers only, and digits that all can read. */
  static void prepare() {
    Logging.quiet();
    Locale.setDefault(Locale.Category.FORMAT, Locale.ROOT);
  }

  /** Runs one command and answers its exit code. */
  static int run(World world, String... arguments) {
    Session session = new Session(world, new ConnectionOptions());
    CommandLine command = commandLine(session, arguments);
    for (String argument : arguments) {
      if (argument.indexOf(UNREADABLE) >= 0) {
        return new Failures(session)
            .handleParseException(
                new ParameterException(
                    command,
                    "not all characters of the argument \""
                        + argument
                        + "\" can be read in this locale; run it with LC_ALL=C.UTF-8, and give"
                        + " UTF-8"),
                arguments);
      }
    }
    SettingOptions.addTo(command, arguments);
    return command.execute(arguments);
  }

  private static CommandLine commandLine(Session session, String... arguments) {
    World world = session.world();
    CommandLine.IFactory factory = session.commands();
    CommandLine command = new CommandLine(new Carillon(session.options()), factory);
    // A server warns of variables that mean nothing, so it has to know those of all commands.
    List<String> words =
        arguments.length > 0 && ServerKind.isNamed(arguments[0]) ? List.of() : List.of(arguments);
    GroupCommand.add(command, factory, COMMANDS, words);
    Failures failures = new Failures(session);
    boolean plain = !world.outIsTerminal() || world.environment().containsKey("NO_COLOR");
    command
        .setOut(world.out())
        .setErr(world.err())
        .setColorScheme(CommandLine.Help.defaultColorScheme(plain ? Ansi.OFF : Ansi.AUTO))
        // "--payload @file" is ours to read.
        .setExpandAtFiles(false)
        .setDefaultValueProvider(new EnvironmentDefaults(world.environment()))
        .setExecutionExceptionHandler(failures)
        .setParameterExceptionHandler(failures)
        .registerConverter(int.class, converter(text -> (int) number(text, Integer.MAX_VALUE)))
        .registerConverter(Integer.class, converter(text -> (int) number(text, Integer.MAX_VALUE)))
        .registerConverter(long.class, converter(text -> number(text, Long.MAX_VALUE)))
        .registerConverter(Long.class, converter(text -> number(text, Long.MAX_VALUE)))
        .registerConverter(Duration.class, converter(TimeText::parseDuration))
        .registerConverter(Instant.class, converter(TimeText::parseInstant))
        .registerConverter(Moment.class, converter(Moment::parse))
        .registerConverter(DateRange.class, converter(DayText::parse));
    return command;
  }

  private static long number(String text, long most) {
    try {
      long number = Long.parseLong(text);
      if (Math.abs(number) <= most) {
        return number;
      }
    } catch (NumberFormatException e) {
      // It is too long, or no number.
    }
    throw new IllegalArgumentException(
        "\"" + text + "\" is not a whole number, of " + most + " at most");
  }

  private static <T> ITypeConverter<T> converter(Function<String, T> parse) {
    return text -> {
      try {
        return parse.apply(text);
      } catch (IllegalArgumentException e) {
        throw new CommandLine.TypeConversionException(e.getMessage());
      }
    };
  }

  @Override
  public Integer call() {
    throw new ParameterException(spec.commandLine(), "which command?");
  }

  static String programVersion() {
    Properties properties = new Properties();
    try (InputStream in = Carillon.class.getResourceAsStream("version.properties")) {
      properties.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return properties.getProperty("version");
  }

  private static String versionLine() {
    return "carillon "
        + programVersion()
        + " (Java "
        + System.getProperty("java.version")
        + ", "
        + System.getProperty("os.name")
        + " "
        + System.getProperty("os.arch")
        + ")";
  }

  /** For {@code --version}. */
  static final class Version implements CommandLine.IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {versionLine()};
    }
  }

  @Command(name = "version", description = "Show the version of this program.")
  static final class VersionCommand implements Callable<Integer>, Session.Taker {
    private Session session;

    @Override
    public void take(Session given) {
      session = given;
    }

    @Override
    public Integer call() {
      boolean json = session.options().format() == Output.Format.JSON;
      session
          .world()
          .out()
          .println(
              json
                  ? "{\"version\":\""
                      + programVersion()
                      + "\",\"java\":\""
                      + System.getProperty("java.version")
                      + "\"}"
                  : versionLine());
      session.world().out().flush();
      return ExitCode.OK;
    }
  }
}
