package io.carillon.chaos;

import static org.junit.jupiter.api.Assertions.assertFalse;

import io.carillon.common.time.Micros;
import io.carillon.simulation.oracle.PlainSpec;
import io.carillon.simulation.oracle.PlainTimes;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DefinitionDrawTest {

  private static final long LASTS = TimeUnit.SECONDS.toMicros(15);
  private static final long CALL = TimeUnit.SECONDS.toMicros(5);
  private static final long SOON = TimeUnit.MINUTES.toMicros(6);

  /** Ends of months, and the nights in which zones among those drawn change their clocks. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "2026-11-29T15:00:00Z",
        "2026-11-30T23:59:58Z",
        "2026-12-31T23:59:30Z",
        "2027-01-29T12:00:00Z",
        "2027-01-31T00:00:00Z",
        "2027-02-28T23:58:00Z",
        "2028-02-29T10:00:00Z",
        "2027-03-28T00:59:00Z",
        "2027-10-31T00:30:00Z",
        "2027-10-31T01:30:00Z",
        "2027-03-14T06:59:00Z",
        "2027-11-07T05:30:00Z",
        "2027-11-07T06:30:00Z",
        "2027-04-03T14:45:00Z",
        "2027-10-02T15:29:00Z"
      })
  void whatIsDrawnFiresSoonAfterTheCallWhateverTheDate(String date) {
    long now = Micros.parse(date);
    long seed = Long.getLong("carillon.seed", System.nanoTime() & 0xffffff);
    DefinitionDraw draw = new DefinitionDraw(new Random(seed), 3, LASTS, List.of("default"));
    for (int i = 0; i < 500; i++) {
      PlainSpec spec = draw.draw(i, now).spec();
      assertFalse(
          PlainTimes.of(spec, now + CALL, now + SOON).isEmpty(),
          () -> "never fires: " + spec + ", drawn with seed " + seed);
    }
  }
}
