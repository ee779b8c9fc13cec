package io.carillon.cli.terminal;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Makes one line of what libraries warn of: message and cause, without the stack. A session that
 * PostgreSQL ended is no fault of a program, and there may be many. What we ourselves log of errors
 * keeps its stack.
 */
final class TerseAppender extends ConsoleAppender<ILoggingEvent> {

  private static final Pattern LINE_BREAK = Pattern.compile("\\s*[\\r\\n]\\s*");

  /** A pool's advice that is wrong here: the session was ended, not too old. */
  private static final String LIFETIME = " Possibly consider using a shorter maxLifetime value.";

  private final List<String> libraries;

  /**
   * @param libraries the names that their loggers begin with
   */
  TerseAppender(List<String> libraries) {
    this.libraries = libraries;
  }

  @Override
  protected void append(ILoggingEvent event) {
    super.append(terse(event));
  }

  private ILoggingEvent terse(ILoggingEvent event) {
    boolean warning =
        event.getLevel().levelInt <= Level.WARN_INT
            && libraries.stream().anyMatch(event.getLoggerName()::startsWith);
    if (!warning) {
      return event;
    }
    Logger logger = ((LoggerContext) getContext()).getLogger(event.getLoggerName());
    String text = event.getFormattedMessage().replace(LIFETIME, "");
    IThrowableProxy root = event.getThrowableProxy();
    while (root != null && root.getCause() != null) {
      root = root.getCause();
    }
    if (root != null && !text.contains(String.valueOf(root.getMessage()))) {
      text += ": " + root.getMessage();
    }
    LoggingEvent line =
        new LoggingEvent(
            null, logger, event.getLevel(), LINE_BREAK.matcher(text).replaceAll(", "), null, null);
    line.setThreadName(event.getThreadName());
    line.setInstant(event.getInstant());
    return line;
  }
}
