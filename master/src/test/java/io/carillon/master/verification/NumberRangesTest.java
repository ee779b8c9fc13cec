package io.carillon.master.verification;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class NumberRangesTest {

  private static String text(IntStream numbers) {
    return NumberRanges.text(numbers.boxed().collect(Collectors.toCollection(TreeSet::new)));
  }

  @Test
  void runsOfNumbersAreShownByTheirEnds() {
    assertEquals("0-255", text(IntStream.range(0, 256)));
    assertEquals("", text(IntStream.empty()));
    assertEquals("7", text(IntStream.of(7)));
    assertEquals("0-1, 3, 5-7, 255", text(IntStream.of(255, 5, 6, 7, 3, 0, 1)));
  }
}
