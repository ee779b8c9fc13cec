package io.carillon.common.words;

import io.carillon.common.time.Micros;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;

/** Times as the clocks of a zone show them. */
public final class LocalText {

  private LocalText() {}

  /** As in 2026-03-29T03:00:00+02:00[Europe/Berlin]. */
  public static String of(long micros, ZoneId zone) {
    return DateTimeFormatter.ISO_ZONED_DATE_TIME.format(Micros.toInstant(micros).atZone(zone));
  }
}
