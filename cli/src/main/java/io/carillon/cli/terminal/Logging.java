package io.carillon.cli.terminal;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.PatternLayout;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.encoder.LayoutWrappingEncoder;
import io.carillon.common.config.Logs;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.logging.LogManager;
import org.slf4j.LoggerFactory;
import org.slf4j.bridge.SLF4JBridgeHandler;

/**
 * The log: to stderr, short lines or JSON. Set up in code, so that no file on the class path
 * changes it.
 */
public final class Logging {

  /** What has nothing to tell an operator below a warning. */
  private static final List<String> CHATTY =
      List.of(
          "io.grpc",
          "io.netty",
          "com.zaxxer.hikari",
          "org.flywaydb",
          "org.jooq",
          "org.postgresql",
          "io.zonky",
          "ch.qos.logback");

  private Logging() {}

  /**
   * For commands that are clients: their errors are told in other words, and a log would only
   * disturb.
   */
  public static void quiet() {
    LogManager.getLogManager().reset();
  }

  public static void configure(Logs logs) {
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    context.reset();
    Encoder<ILoggingEvent> encoder =
        logs.logFormat() == Logs.Format.JSON ? json(context) : plain(context);
    encoder.start();
    ConsoleAppender<ILoggingEvent> appender = new TerseAppender(CHATTY);
    appender.setContext(context);
    appender.setTarget("System.err");
    appender.setEncoder(encoder);
    appender.start();
    Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    root.setLevel(Level.toLevel(logs.logLevel().name()));
    root.addAppender(appender);
    Level least = root.getLevel().isGreaterOrEqual(Level.WARN) ? root.getLevel() : Level.WARN;
    for (String name : CHATTY) {
      context.getLogger(name).setLevel(least);
    }
    LogManager.getLogManager().reset();
    // Records below a warning would be made only to be dropped by the bridge.
    java.util.logging.Logger.getLogger("").setLevel(java.util.logging.Level.WARNING);
    SLF4JBridgeHandler.install();
  }

  static Encoder<ILoggingEvent> plain(LoggerContext context) {
    PatternLayout layout = new PatternLayout();
    layout.setContext(context);
    layout.getInstanceConverterMap().put("line", LogText.Message::new);
    layout.getInstanceConverterMap().put("trace", LogText.Trace::new);
    layout.setPattern("%d{HH:mm:ss.SSS} %-5level %logger{0} - %line%n%trace");
    layout.start();
    LayoutWrappingEncoder<ILoggingEvent> encoder = new LayoutWrappingEncoder<>();
    encoder.setContext(context);
    encoder.setCharset(StandardCharsets.UTF_8);
    encoder.setLayout(layout);
    return encoder;
  }

  private static Encoder<ILoggingEvent> json(LoggerContext context) {
    JsonEncoder encoder = new JsonEncoder();
    encoder.setContext(context);
    encoder.setWithArguments(false);
    encoder.setWithContext(false);
    encoder.setWithSequenceNumber(false);
    encoder.setWithNanoseconds(false);
    encoder.setWithFormattedMessage(true);
    encoder.setWithMessage(false);
    return encoder;
  }
}
