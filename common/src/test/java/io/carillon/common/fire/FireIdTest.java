package io.carillon.common.fire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FireIdTest {

  @Test
  void theTextNamesScheduleTimeAndKind() {
    assertEquals(
        "42-1774746000000000-s", new FireId(42, 1774746000000000L, FireKind.SCHEDULED).toString());
    assertEquals(
        "42-1774746000000000-m", new FireId(42, 1774746000000000L, FireKind.MANUAL).toString());
  }

  @Test
  void theTextIsReadBack() {
    FireId greatest = new FireId(Long.MAX_VALUE, Long.MAX_VALUE, FireKind.MANUAL);
    assertEquals(greatest, FireId.parse(greatest.toString()));
    FireId least = new FireId(0, 0, FireKind.SCHEDULED);
    assertEquals(least, FireId.parse("0-0-s"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "-",
        "--",
        "1-2",
        "1-2-",
        "1-2-x",
        "1-2-S",
        "1-2-ss",
        "1--2-s",
        "-1-2-s",
        "+1-2-s",
        "01-2-s",
        "1-02-s",
        " 1-2-s",
        "1-2-s ",
        "1-2-s\n",
        "1-2-3-s",
        "\u0661-2-s",
        "9223372036854775808-0-s",
        "0-9223372036854775808-s",
        "99999999999999999999-0-s",
        "-s",
        "1-s"
      })
  void anythingElseIsRefused(String text) {
    assertThrows(IllegalArgumentException.class, () -> FireId.parse(text));
  }

  @Test
  void negativePartsAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> new FireId(-1, 0, FireKind.SCHEDULED));
    assertThrows(IllegalArgumentException.class, () -> new FireId(0, -1, FireKind.SCHEDULED));
  }

  @Test
  void codesAreAsStored() {
    assertEquals(FireKind.SCHEDULED, FireKind.ofCode(0));
    assertEquals(FireKind.MANUAL, FireKind.ofCode(1));
    assertEquals(Disposition.FIRED, Disposition.ofCode(0));
    assertEquals(Disposition.SKIPPED, Disposition.ofCode(1));
    assertEquals(SkipReason.NONE, SkipReason.ofCode(0));
    assertEquals(SkipReason.CATCHUP_WINDOW, SkipReason.ofCode(1));
    assertThrows(IllegalArgumentException.class, () -> FireKind.ofCode(2));
  }
}
