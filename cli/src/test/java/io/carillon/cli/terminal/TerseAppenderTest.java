package io.carillon.cli.terminal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.PatternLayout;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import ch.qos.logback.core.encoder.LayoutWrappingEncoder;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;

class TerseAppenderTest {

  private final LoggerContext context = new LoggerContext();
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  private String logged(String name, java.util.function.Consumer<Logger> log) {
    context.setMDCAdapter(new LogbackMDCAdapter());
    PatternLayout layout = new PatternLayout();
    layout.setContext(context);
    layout.setPattern("%level %logger{0} %msg%n");
    layout.start();
    LayoutWrappingEncoder<ILoggingEvent> encoder = new LayoutWrappingEncoder<>();
    encoder.setContext(context);
    encoder.setLayout(layout);
    encoder.start();
    TerseAppender appender = new TerseAppender(List.of("com.zaxxer.hikari"));
    appender.setContext(context);
    appender.setEncoder(encoder);
    appender.start();
    appender.setOutputStream(out);
    context.getLogger("ROOT").addAppender(appender);
    log.accept(context.getLogger(name));
    return out.toString(StandardCharsets.UTF_8);
  }

  @Test
  void a_session_that_was_ended_is_one_line() {
    SQLException ended =
        new SQLException(
            "FATAL: terminating connection\n  Where: PL/pgSQL function commit_fires line 5",
            "57P01");
    assertEquals(
        "WARN ProxyConnection carillon-core - Connection marked as broken: FATAL: terminating"
            + " connection, Where: PL/pgSQL function commit_fires line 5\n",
        logged(
            "com.zaxxer.hikari.pool.ProxyConnection",
            log ->
                log.warn(
                    "{} - Connection marked as broken",
                    "carillon-core",
                    new RuntimeException(ended))));
  }

  @Test
  void a_session_that_does_not_answer_is_no_matter_of_its_lifetime() {
    assertEquals(
        "WARN PoolBase api - Failed to validate connection c (closed).\n",
        logged(
            "com.zaxxer.hikari.pool.PoolBase",
            log ->
                log.warn(
                    "{} - Failed to validate connection {} ({}). Possibly consider using a shorter"
                        + " maxLifetime value.",
                    "api",
                    "c",
                    "closed")));
  }

  @Test
  void errors_keep_their_stack() {
    String text =
        logged("io.carillon.Some", log -> log.error("a bug", new IllegalStateException("here")));
    assertEquals("ERROR Some a bug", text.lines().findFirst().orElseThrow());
    assertEquals("java.lang.IllegalStateException: here", text.lines().toList().get(1));
  }
}
