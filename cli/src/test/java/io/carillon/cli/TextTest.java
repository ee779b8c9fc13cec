package io.carillon.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carillon.cli.server.DatabaseTarget;
import io.carillon.cli.server.ListenAddress;
import io.carillon.cli.terminal.TimeText;
import io.carillon.cli.terminal.UsageException;
import io.carillon.transport.Addresses;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TextTest {

  @ParameterizedTest
  @CsvSource({
    "90s, PT1M30S, 1m30s",
    "1h30m, PT1H30M, 1h30m",
    "500ms, PT0.5S, 500ms",
    "2d, PT48H, 2d",
    "1w, PT168H, 7d",
    "250us, PT0.00025S, 250us",
    "PT1M30S, PT1M30S, 1m30s",
    "P1DT1H, PT25H, 1d1h",
    "0s, PT0S, 0s"
  })
  void durationsAreReadAndShown(String text, Duration duration, String shown) {
    assertEquals(duration, TimeText.parseDuration(text));
    assertEquals(shown, TimeText.show(TimeText.proto(duration)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "90",
        "s",
        "1x",
        "1h 30m",
        "-5s",
        "1.5s",
        "99999999999999999999s",
        "999999999999999999w",
        "PT"
      })
  void otherTextIsNoDuration(String text) {
    assertThrows(IllegalArgumentException.class, () -> TimeText.parseDuration(text));
  }

  @ParameterizedTest
  @CsvSource({
    "postgres://u:p%40x@db:5433/app?sslmode=require, jdbc:postgresql://db:5433/app?sslmode=require, u, p@x",
    "postgresql://db/app, jdbc:postgresql://db/app, ,",
    "postgres://a+b@db, jdbc:postgresql://db/, a+b,",
    "jdbc:postgresql://h/d?user=x, jdbc:postgresql://h/d?user=x, ,"
  })
  void databaseUrlsAreTakenInBothForms(String url, String jdbc, String user, String password) {
    assertEquals(new DatabaseTarget(jdbc, user, password), DatabaseTarget.of(url, null, null));
  }

  @Test
  void aWrongDatabaseUrlIsNotRepeatedBecauseItMayHoldAPassword() {
    UsageException wrong =
        assertThrows(
            UsageException.class, () -> DatabaseTarget.of("mysql://u:secret@h/d", null, null));
    assertFalse(wrong.getMessage().contains("secret"));
    assertEquals(
        "jdbc:postgresql://h/d?password=…",
        new DatabaseTarget("jdbc:postgresql://h/d?password=secret", null, "secret").toString());
  }

  @Test
  void listenAddressesKnowWhetherOthersReachThem() {
    assertTrue(ListenAddress.isLoopback(Addresses.parse("127.0.0.1:7400")));
    assertTrue(ListenAddress.isLoopback(Addresses.parse("[::1]:7400")));
    assertTrue(ListenAddress.isLoopback(Addresses.parse("localhost:0")));
    assertFalse(ListenAddress.isLoopback(Addresses.parse("0.0.0.0:7400")));
    assertEquals("127.0.0.1:9", ListenAddress.reach(Addresses.parse("0.0.0.0:0"), 9).toString());
  }

  @Test
  void addressesAreNamesAsDockerHasThemTooOrThoseOfIpVersions4And6() {
    for (String right :
        List.of(
            "my_host:7400",
            "[::1]:7400",
            "[fe80::1%eth0]:1",
            "db-1.example:0",
            "127.0.0.1:65535")) {
      assertEquals(right, Addresses.parse(right).toString());
    }
    for (String wrong :
        List.of(
            "",
            "7400",
            "host",
            "host:99999",
            "a b:1",
            "::1:7400",
            "[::1]",
            ":1",
            "u@h:1",
            "h:1/p",
            "[x]:1",
            "http://h:1")) {
      assertThrows(IllegalArgumentException.class, () -> Addresses.parse(wrong), wrong);
    }
  }
}
