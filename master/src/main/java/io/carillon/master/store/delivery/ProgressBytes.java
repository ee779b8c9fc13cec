package io.carillon.master.store.delivery;

import io.carillon.master.core.delivery.Progress;
import java.util.Arrays;

/**
 * A {@link Progress} as it is stored: for each run two LEB128 numbers, how far it goes beyond the
 * one before, and 0 if it is settled, else 1 + its attempts. Two bytes a run as a rule.
 */
final class ProgressBytes {

  private byte[] bytes;
  private int at;

  private ProgressBytes(byte[] bytes) {
    this.bytes = bytes;
  }

  static byte[] of(Progress progress) {
    ProgressBytes to = new ProgressBytes(new byte[16 + 3 * progress.size()]);
    long before = 0;
    for (int i = 0; i < progress.size(); i++) {
      to.write(progress.end(i) - before);
      to.write(progress.attempts(i) == Progress.SETTLED ? 0 : progress.attempts(i) + 1L);
      before = progress.end(i);
    }
    return Arrays.copyOf(to.bytes, to.at);
  }

  /**
   * @throws IllegalStateException if the bytes are cut off or too long
   */
  static Progress read(byte[] bytes) {
    ProgressBytes from = new ProgressBytes(bytes);
    Progress.Builder progress = new Progress.Builder();
    long end = 0;
    while (from.at < bytes.length) {
      end += from.read();
      long attempts = from.read() - 1;
      progress.add(end, attempts < 0 ? Progress.SETTLED : Math.toIntExact(attempts));
    }
    return progress.build();
  }

  private void write(long number) {
    if (at + 10 > bytes.length) {
      bytes = Arrays.copyOf(bytes, 2 * bytes.length);
    }
    long rest = number;
    while (rest > 0x7f) {
      bytes[at++] = (byte) (0x80 | rest);
      rest >>>= 7;
    }
    bytes[at++] = (byte) rest;
  }

  private long read() {
    long number = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      if (at == bytes.length) {
        break;
      }
      byte next = bytes[at++];
      number |= (next & 0x7fL) << shift;
      if (next >= 0) {
        return number;
      }
    }
    throw new IllegalStateException(
        "delivery_cursor.progress is damaged at byte " + at + ": set it to '' and deliver again");
  }
}
