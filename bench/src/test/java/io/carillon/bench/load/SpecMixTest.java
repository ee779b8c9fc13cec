package io.carillon.bench.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.util.Timestamps;
import io.carillon.v1.ScheduleSpec;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class SpecMixTest {

  private static final long NOW = 1_900_000_000_000_000L;
  private static final int COUNT = 10_000;

  @Test
  void each_kind_has_its_share_of_every_hundred() {
    List<ScheduleSpec> specs = specs(new SpecMix(50, 30, 40, NOW));
    for (int from = 0; from < COUNT; from += 100) {
      List<ScheduleSpec> hundred = specs.subList(from, from + 100);
      assertEquals(50, hundred.stream().filter(ScheduleSpec::hasCron).count());
      assertEquals(30, hundred.stream().filter(ScheduleSpec::hasInterval).count());
      assertEquals(20, hundred.stream().filter(ScheduleSpec::hasOnce).count());
    }
  }

  @Test
  void cron_specs_are_shared_and_the_others_are_not() {
    for (int expressions : new int[] {1, 40, 1000}) {
      List<ScheduleSpec> specs = specs(new SpecMix(50, 30, expressions, NOW));
      assertEquals(expressions + COUNT / 2, specs.stream().distinct().count());
    }
  }

  @Test
  void no_time_is_due_within_the_day() {
    long day = 86_400_000_000L;
    for (ScheduleSpec spec : specs(new SpecMix(0, 60, 1, NOW))) {
      if (spec.hasOnce()) {
        assertTrue(Timestamps.toMicros(spec.getOnce().getAt()) >= NOW + day, spec::toString);
      } else {
        long anchor = Timestamps.toMicros(spec.getInterval().getAnchorTime());
        long period = spec.getInterval().getPeriod().getSeconds() * 1_000_000;
        assertTrue(anchor >= NOW + day && anchor - period < NOW, spec::toString);
      }
    }
  }

  @Test
  void what_makes_no_sense_is_refused() {
    assertThrows(IllegalArgumentException.class, () -> new SpecMix(60, 50, 1, NOW));
    assertThrows(IllegalArgumentException.class, () -> new SpecMix(-1, 50, 1, NOW));
    assertThrows(IllegalArgumentException.class, () -> new SpecMix(50, 50, 0, NOW));
  }

  @Test
  void a_rising_count_is_reached_when_it_was_first_seen() {
    RisingCount count = new RisingCount();
    for (int i = 0; i < 3_000; i++) {
      count.sample(NOW + i * 1_000, i / 10);
    }
    assertEquals(NOW, count.reached(0));
    assertEquals(NOW + 10_000, count.reached(1));
    assertEquals(NOW + 2_990_000, count.reached(299));
    assertEquals(NOW + 2_999_000, count.reached(300), "never: the last look");
    assertEquals(3_000, count.counts().length);
    assertEquals(2.999, Arrays.stream(count.secondsSince(NOW)).max().orElse(0), 1e-9);
  }

  private static List<ScheduleSpec> specs(SpecMix mix) {
    return IntStream.range(0, COUNT).mapToObj(mix::spec).toList();
  }
}
