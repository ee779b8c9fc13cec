package io.carillon.common.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OneLineTest {

  private static final int MAX = 10;

  @ParameterizedTest
  @ValueSource(strings = {"", "a b", "Zürich", "日本語", "مرحبا", "👩‍🚀", "a\u00a0b", "0123456789"})
  void aLineInAnyScriptIsTaken(String text) {
    assertNull(OneLine.fault(text, MAX));
  }

  @ParameterizedTest
  @ValueSource(
      ints = {
        0x00, 0x07, 0x09, 0x0a, 0x0d, 0x1b, 0x1f, 0x7f, 0x80, 0x85, 0x9b, 0x9f, 0x2028, 0x2029,
        0x202a, 0x202b, 0x202c, 0x202d, 0x202e, 0x2066, 0x2067, 0x2068, 0x2069
      })
  void aControlIsNamedWithItsPlace(int control) {
    String text = "👍" + Character.toString(control) + "x";

    assertEquals(
        String.format(
            "must be one line without control characters, but has U+%04X at position 1", control),
        OneLine.fault(text, MAX));
  }

  @Test
  void halfASurrogatePairIsRefused() {
    assertEquals(
        "must be one line without control characters, but has U+D83D at position 1",
        OneLine.fault("a\ud83d", MAX));
  }

  @Test
  void charactersBeyondTheBoundAreCountedAsCodePoints() {
    assertNull(OneLine.fault("👍".repeat(MAX), MAX));
    assertEquals(
        "must be at most 10 characters, but has 11", OneLine.fault("👍".repeat(MAX + 1), MAX));
  }

  @ParameterizedTest
  @ValueSource(ints = {0x20, 0x7e, 0xa0, 0x2027, 0x202f, 0x2065, 0x206a, 0x1f44d})
  void neighboursOfControlsAreNone(int codePoint) {
    assertNull(OneLine.fault(Character.toString(codePoint), MAX));
  }

  @Test
  void controlsAreWrittenOutInAQuotation() {
    assertEquals("a\\u001B[31m\\u202Eb", OneLine.escaped("a\u001b[31m\u202eb"));
    assertEquals("Zürich 👍", OneLine.escaped("Zürich 👍"));
  }
}
