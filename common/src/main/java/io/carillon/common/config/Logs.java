package io.carillon.common.config;

/**
 * How a server logs, to stderr.
 *
 * @param logFormat lines for people, or JSON
 * @param logLevel what is below is left out
 */
public record Logs(
    @Setting("How to log, to stderr.") Format logFormat,
    @Setting("From which level on.") Level logLevel) {

  /** As it is written, in lower case. */
  public enum Format {
    PLAIN,
    JSON
  }

  /** From much to little. */
  public enum Level {
    TRACE,
    DEBUG,
    INFO,
    WARN,
    ERROR
  }

  public static final Logs DEFAULTS = new Logs(Format.PLAIN, Level.INFO);
}
