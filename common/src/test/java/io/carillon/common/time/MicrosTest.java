package io.carillon.common.time;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class MicrosTest {

  @Test
  void instantsAreCutToTheMicrosecondTowardsThePast() {
    assertEquals(1, Micros.of(Instant.ofEpochSecond(0, 1_999)));
    assertEquals(-1, Micros.of(Instant.ofEpochSecond(0, -1)));
    assertEquals(Instant.ofEpochSecond(-1, 999_999_000), Micros.toInstant(-1));
  }

  @Test
  void theYears1To9999AreTaken() {
    assertEquals(Micros.MIN, Micros.of(Instant.parse("0001-01-01T00:00:00Z")));
    assertEquals(Micros.MAX, Micros.of(Instant.parse("9999-12-31T23:59:59.999999999Z")));
    assertThrows(
        IllegalArgumentException.class,
        () -> Micros.of(Instant.parse("0000-12-31T23:59:59.999999999Z")));
    assertThrows(
        IllegalArgumentException.class, () -> Micros.of(Instant.parse("+10000-01-01T00:00:00Z")));
    assertThrows(IllegalArgumentException.class, () -> Micros.of(Instant.MAX));
    assertThrows(IllegalArgumentException.class, () -> Micros.of(0, 1_000_000_000));
  }

  @Test
  void textsAreReadAndWritten() {
    assertEquals(1_774_746_000_000_001L, Micros.parse("2026-03-29T01:00:00.000001Z"));
    assertEquals("2026-03-29T01:00:00.000001Z", Micros.format(1_774_746_000_000_001L));
    assertEquals("2026-03-29T01:00:00Z", Micros.format(1_774_746_000_000_000L));
    Micros.format(Long.MIN_VALUE);
    Micros.format(Long.MAX_VALUE);
  }

  @Test
  void whatIsNoInstantOrTooFineIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> Micros.parse("2026-03-29"));
    assertThrows(IllegalArgumentException.class, () -> Micros.parse("tomorrow"));
    assertThrows(
        IllegalArgumentException.class, () -> Micros.parse("2026-03-29T01:00:00.0000001Z"));
  }
}
