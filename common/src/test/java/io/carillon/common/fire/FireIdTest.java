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
    assertEquals(
        "42-1774746000000000-b3",
        new FireId(42, 1774746000000000L, FireKind.BACKFILL, 3).toString());
  }

  @Test
  void theTextIsReadBack() {
    FireId greatest = new FireId(Long.MAX_VALUE, Long.MAX_VALUE, FireKind.MANUAL);
    assertEquals(greatest, FireId.parse(greatest.toString()));
    FireId least = new FireId(0, 0, FireKind.SCHEDULED);
    assertEquals(least, FireId.parse("0-0-s"));
    FireId backfill = new FireId(1, 2, FireKind.BACKFILL, 32_000);
    assertEquals(backfill, FireId.parse("1-2-b32000"));
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
        "1-s",
        "1-2-b",
        "1-2-b0",
        "1-2-b01",
        "1-2-b-1",
        "1-2-b32001",
        "1-2-b4294967297",
        "1-2-b1x",
        "1-2-s1",
        "1-2-m0"
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
    assertEquals(SkipReason.CATCHUP_LIMIT, SkipReason.ofCode(2));
    assertEquals(SkipReason.CATCHUP_NONE, SkipReason.ofCode(3));
    assertThrows(IllegalArgumentException.class, () -> FireKind.ofCode(-1));
    assertThrows(IllegalArgumentException.class, () -> FireKind.ofCode(32_002));
  }

  @Test
  void everyBackfillHasACodeOfItsOwn() {
    assertEquals(0, FireKind.SCHEDULED.code(0));
    assertEquals(1, FireKind.MANUAL.code(0));
    assertEquals(2, new FireId(1, 2, FireKind.BACKFILL, 1).code());
    assertEquals(32_001, new FireId(1, 2, FireKind.BACKFILL, 32_000).code());
    for (int code : new int[] {0, 1, 2, 3, 32_001}) {
      assertEquals(code, FireId.ofCode(1, 2, code).code());
    }
    assertThrows(IllegalArgumentException.class, () -> new FireId(1, 2, FireKind.BACKFILL, 0));
    assertThrows(IllegalArgumentException.class, () -> new FireId(1, 2, FireKind.BACKFILL, 32_001));
    assertThrows(IllegalArgumentException.class, () -> new FireId(1, 2, FireKind.SCHEDULED, 1));
  }
}
