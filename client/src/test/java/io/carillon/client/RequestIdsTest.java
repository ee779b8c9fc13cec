package io.carillon.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class RequestIdsTest {

  @Test
  void an_id_is_a_uuid_of_version_7_whatever_the_random_bits_are() {
    for (long random : new long[] {0, -1, 0x5555_5555_5555_5555L}) {
      UUID id = RequestIds.of(1_645_557_742_000L, random, random);
      assertEquals(7, id.version());
      assertEquals(2, id.variant());
      assertEquals(1_645_557_742_000L, id.getMostSignificantBits() >>> 16);
    }
  }

  @Test
  void the_example_of_rfc_9562_comes_out() {
    UUID id = RequestIds.of(0x017F22E279B0L, 0xCC3, 0x18C4DC0C0C07398FL);
    assertEquals("017f22e2-79b0-7cc3-98c4-dc0c0c07398f", id.toString());
  }

  @Test
  void later_ids_sort_behind_earlier_ones_as_text() {
    String early = RequestIds.of(1_700_000_000_000L, -1, -1).toString();
    String late = RequestIds.of(1_700_000_000_001L, 0, 0).toString();
    assertTrue(early.compareTo(late) < 0, early + " " + late);
  }

  @Test
  void none_comes_twice() {
    Set<String> ids = new HashSet<>();
    for (int i = 0; i < 100_000; i++) {
      assertTrue(ids.add(RequestIds.next()));
    }
  }
}
