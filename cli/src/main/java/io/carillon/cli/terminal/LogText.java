package io.carillon.cli.terminal;

import ch.qos.logback.classic.pattern.MessageConverter;
import ch.qos.logback.classic.pattern.ThrowableProxyConverter;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import java.util.stream.Collectors;

/** What goes into a line of the plain log: one event cannot look like another. */
final class LogText {

  private LogText() {}

  /** The message, on one line. */
  public static final class Message extends MessageConverter {
    @Override
    public String convert(ILoggingEvent event) {
      return Printable.line(super.convert(event));
    }
  }

  /** The exception; only its own first line begins where lines do, the others are indented. */
  public static final class Trace extends ThrowableProxyConverter {
    @Override
    protected String throwableProxyToString(IThrowableProxy thrown) {
      return Printable.lines(super.throwableProxyToString(thrown))
          .lines()
          .map(line -> line.startsWith("\t") ? line : "\t" + line)
          .collect(Collectors.joining("\n", "", "\n"))
          .substring(1);
    }
  }
}
