package io.carillon.common.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TimeZonesTest {

  @ParameterizedTest
  @ValueSource(strings = {"UTC", "Europe/Berlin", "Etc/GMT+3", "America/Argentina/Buenos_Aires"})
  void ianaIdsAreTaken(String id) {
    assertEquals(id, ScheduleSpec.zone(id).getId());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "Z",
        "+02:00",
        "-5",
        "UTC+1",
        "GMT+2",
        "GMT-02:00",
        "UT+3",
        "PST",
        "CEST",
        "SystemV/EST5",
        "Mars/Base",
        "../../etc/passwd",
        "Europe/Berlin ",
        "\u0130stanbul"
      })
  void offsetsAbbreviationsAndUnknownIdsAreRefused(String id) {
    SpecException e = assertThrows(SpecException.class, () -> ScheduleSpec.zone(id), id);
    assertEquals("time_zone", e.field());
    assertEquals("UNKNOWN_TIME_ZONE", e.reason());
  }

  @ParameterizedTest
  @CsvSource({"EST, America/Panama, -5", "MST, America/Phoenix, -7", "HST, Pacific/Honolulu, -10"})
  void linksThatJavaLeavesOutAreTakenForWhatTheyLinkTo(String id, String target, int hours) {
    ZoneId zone = ScheduleSpec.zone(id);
    assertEquals(target, zone.getId());
    Instant summer = Instant.parse("2026-07-01T00:00:00Z");
    assertEquals(ZoneOffset.ofHours(hours), zone.getRules().getOffset(summer));
  }

  @ParameterizedTest
  @CsvSource({
    "europe/berlin, Europe/Berlin",
    "utc, UTC",
    "Europe/Berln, Europe/Berlin",
    "America/New York, America/New_York",
    "Berlin, Europe/Berlin",
    "Asia/Calcuta, Asia/Calcutta",
  })
  void aNearIdIsSuggested(String id, String near) {
    SpecException e = assertThrows(SpecException.class, () -> ScheduleSpec.zone(id));
    assertTrue(e.getMessage().contains("did you mean " + near + "?"), e.getMessage());
  }

  @ParameterizedTest
  @ValueSource(strings = {"GMT+2", "UTC+1", "CST", "Mars/Base", ""})
  void nothingMisleadingIsSuggested(String id) {
    SpecException e = assertThrows(SpecException.class, () -> ScheduleSpec.zone(id));
    assertTrue(!e.getMessage().contains("did you mean"), e.getMessage());
  }

  @Test
  void aHugeTextIsRefusedAtOnce() {
    SpecException e =
        assertThrows(SpecException.class, () -> ScheduleSpec.zone("x".repeat(1_000_000)));
    assertTrue(e.getMessage().length() < 300);
  }
}
