package io.carillon.master.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carillon.master.TestDatabase;
import io.carillon.master.delivery.ScheduleDirectory.Key;
import io.carillon.master.store.sql.Database;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ScheduleDirectoryTest {

  private Database database;
  private ScheduleDirectory directory;

  @BeforeEach
  void open() {
    database = TestDatabase.open();
    directory = new ScheduleDirectory(database);
  }

  @AfterEach
  void close() {
    database.close();
  }

  /** Schedules with these numbers, each with an open revision of version 5. */
  private void add(long first, int count, int payloadBytes) {
    database
        .core()
        .execute(
            "insert into schedule select ? + i, 'default', 's' || (? + i), 0, '', '{}', 1, '', 5, 5,"
                + " 0, 0, 0, 0 from generate_series(0, ? - 1) as i",
            first,
            first,
            count);
    database
        .core()
        .execute(
            "insert into revision select ? + i, 5, 0, 0, null, null, '', 0, 1,"
                + " convert_to(repeat('x', ?), 'UTF8'), 'text/plain' from generate_series(0, ? - 1)"
                + " as i",
            first,
            payloadBytes,
            count);
  }

  private void readAll() {
    while (directory.readAhead()) {
      continue;
    }
  }

  @Test
  void whatMayFireIsInMemoryBeforeItDoes() {
    add(1, 4_500, 10);
    assertTrue(directory.readAhead(), "more than a page");
    readAll();
    for (long num : List.of(1L, 2_000L, 2_001L, 4_500L)) {
      FireContent content = directory.get(new Key(num, 5));
      assertEquals("tenants/default/schedules/s" + num, content.schedule());
      assertEquals(10, content.payload().length);
      assertEquals("text/plain", content.payloadType());
    }
    add(9_000, 1, 10);
    assertFalse(directory.readAhead());
    assertEquals("tenants/default/schedules/s9000", directory.get(new Key(9_000, 5)).schedule());
  }

  @Test
  void whatIsLargeOrCannotFireIsLeftInTheStore() {
    add(1, 1, 1 << 20);
    add(2, 1, 10);
    database.core().execute("update revision set valid_to = 1 where schedule_num = 2");
    add(3, 1, 10);
    readAll();
    assertNull(directory.get(new Key(1, 5)));
    assertNull(directory.get(new Key(2, 5)));
    assertEquals(10, directory.get(new Key(3, 5)).payload().length);
    assertEquals(
        1 << 20, directory.load(List.of(new Key(1, 5))).get(new Key(1, 5)).payload().length);
  }
}
