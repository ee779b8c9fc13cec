package io.carillon.bench.peers;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Every execution in one process, in memory that is also a file: the harness reads it while the
 * process runs, and still has all of it when the process was killed. Costs each peer the same.
 */
final class Arrivals {

  private static final VarHandle LONGS =
      MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.nativeOrder());

  private static final int HEADER = 64;
  private static final int RECORD = 32;

  /** One execution. {@code ended} is 0 while it is under way, or for ever if its process died. */
  record Arrival(int number, long nominal, long started, long ended) {}

  private final MappedByteBuffer bytes;
  private final int capacity;

  private Arrivals(MappedByteBuffer bytes, int capacity) {
    this.bytes = bytes;
    this.capacity = capacity;
  }

  /** The file is made if it is not there; it takes room on disk only as it fills. */
  static Arrivals open(Path file, int capacity) throws IOException {
    try (FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      MappedByteBuffer bytes =
          channel.map(FileChannel.MapMode.READ_WRITE, 0, HEADER + (long) RECORD * capacity);
      bytes.order(ByteOrder.nativeOrder());
      return new Arrivals(bytes, capacity);
    }
  }

  /**
   * @return where it is kept, for {@link #end}
   */
  int begin(int number, long nominal, long now) {
    long place = (long) LONGS.getAndAdd((ByteBuffer) bytes, 0, 1L);
    if (place >= capacity) {
      throw new IllegalStateException("more than " + capacity + " executions");
    }
    int at = HEADER + RECORD * (int) place;
    bytes.putLong(at, number);
    bytes.putLong(at + 8, nominal);
    // Last: a record without it was being written when its process died.
    LONGS.setRelease((ByteBuffer) bytes, at + 16, now);
    return at;
  }

  void end(int at, long now) {
    LONGS.setRelease((ByteBuffer) bytes, at + 24, now);
  }

  int count() {
    return (int) Math.min(capacity, (long) LONGS.getVolatile((ByteBuffer) bytes, 0));
  }

  /** Null for one that is not whole. */
  Arrival get(int index) {
    int at = HEADER + RECORD * index;
    long started = (long) LONGS.getAcquire((ByteBuffer) bytes, at + 16);
    return started == 0
        ? null
        : new Arrival(
            (int) bytes.getLong(at),
            bytes.getLong(at + 8),
            started,
            (long) LONGS.getAcquire((ByteBuffer) bytes, at + 24));
  }
}
