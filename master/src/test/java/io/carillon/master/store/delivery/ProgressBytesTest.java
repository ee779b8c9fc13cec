package io.carillon.master.store.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carillon.master.core.delivery.Progress;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ProgressBytesTest {

  @Test
  void whatIsWrittenIsRead() {
    for (int seed = 0; seed < 200; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      Progress.Builder builder = new Progress.Builder();
      long end = random.nextLong(Long.MAX_VALUE / 2);
      for (int i = random.nextInt(50); i > 0; i--) {
        builder.add(end, random.nextInt(4) == 0 ? random.nextInt(1_000_001) : Progress.SETTLED);
        end += 1 + random.nextLong(1L << random.nextInt(40));
      }
      Progress progress = builder.build();
      assertEquals(progress, ProgressBytes.read(ProgressBytes.of(progress)), "seed " + seed);
    }
  }

  @Test
  void aWholeWindowOfWhichEverySecondOneIsSettledTakesAQuarterOfAMebibyte() {
    Progress.Builder builder = new Progress.Builder();
    for (int seq = 1; seq <= 131_072; seq++) {
      builder.add(1_000_000_000L + seq, seq % 2 == 0 ? 1 : Progress.SETTLED);
    }
    int bytes = ProgressBytes.of(builder.build()).length;
    assertTrue(bytes <= 262_150, () -> bytes + " bytes");
  }

  @Test
  void bytesThatAreCutOffAreRefusedWithWhatToDo() {
    byte[] bytes = ProgressBytes.of(new Progress.Builder().add(1_000, 1).add(2_000, 2).build());
    assertTrue(
        assertThrows(
                IllegalStateException.class,
                () -> ProgressBytes.read(Arrays.copyOf(bytes, bytes.length - 1)))
            .getMessage()
            .contains("set it to ''"));
  }
}
