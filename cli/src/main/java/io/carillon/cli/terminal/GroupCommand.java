package io.carillon.cli.terminal;

import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** A noun whose verbs are its subcommands. */
public abstract class GroupCommand implements Runnable {

  @Spec private CommandSpec spec;

  /** The verbs, in the order of the help; not picocli's annotation, which looks at all of them. */
  protected abstract List<Class<?>> verbs();

  /**
   * Adds commands to another one: of those that the words name, the one that they begin with, and
   * all if it is none of them. Looking at a command takes picocli longer than most of them run.
   */
  public static void add(
      CommandLine parent, CommandLine.IFactory factory, List<Class<?>> types, List<String> words) {
    String first = words.isEmpty() ? "" : words.get(0);
    List<Class<?>> named = types.stream().filter(type -> name(type).equals(first)).toList();
    List<String> rest = named.isEmpty() ? List.of() : words.subList(1, words.size());
    for (Class<?> type : named.isEmpty() ? types : named) {
      CommandLine command = new CommandLine(type, factory);
      parent.addSubcommand(command);
      if (command.getCommand() instanceof GroupCommand group) {
        add(command, factory, group.verbs(), rest);
      }
    }
  }

  private static String name(Class<?> type) {
    return type.getAnnotation(Command.class).name();
  }

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(),
        "which command? One of " + String.join(", ", spec.subcommands().keySet()));
  }
}
