package io.carillon.master.delivery;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads what goes with fires before they are due, while there is time: many that are due at once
 * would wait for it. Of the thread of delivery only.
 */
final class ContentReader {

  private static final Logger log = LoggerFactory.getLogger(ContentReader.class);

  /** When everything is read: how often to look for what is new. */
  private static final long PAUSE_MICROS = 1_000_000;

  /** Between two pages: PostgreSQL is not there for this alone. */
  private static final long PAGE_MICROS = 20_000;

  private final ScheduleDirectory directory;
  private final Readers readers;
  private boolean reading;
  private long nextAt = Long.MIN_VALUE;

  ContentReader(ScheduleDirectory directory, Readers readers) {
    this.directory = directory;
    this.readers = readers;
  }

  /** Reads a page. To be called often while there are subscribers, and time. */
  void tick(long now) {
    if (reading || now < nextAt) {
      return;
    }
    reading = true;
    readers.read(
        directory::readAhead,
        more -> {
          reading = false;
          nextAt = now + (more ? PAGE_MICROS : PAUSE_MICROS);
        },
        failure -> {
          reading = false;
          nextAt = now + PAUSE_MICROS;
          log.debug("cannot read ahead what goes with fires: {}", failure.toString());
        });
  }
}
