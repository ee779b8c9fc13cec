package io.carillon.cli.terminal;

import picocli.CommandLine;

/**
 * One run of the program: the world around it, and the options that every command takes.
 *
 * @param options filled in as the command line is parsed
 */
public record Session(World world, ConnectionOptions options) {

  /** A command that takes the session, before anything is asked of it. */
  public interface Taker {
    void take(Session session);
  }

  /** Makes commands for picocli, and hands the session to those that take it. */
  public CommandLine.IFactory commands() {
    return new CommandLine.IFactory() {
      @Override
      public <K> K create(Class<K> type) throws Exception {
        K made = CommandLine.defaultFactory().create(type);
        if (made instanceof Taker taker) {
          taker.take(Session.this);
        }
        return made;
      }
    };
  }
}
