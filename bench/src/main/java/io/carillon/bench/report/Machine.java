package io.carillon.bench.report;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** What a run ran on. Without it no figure can be compared with another. */
public final class Machine {

  private static final int FSYNCS = 200;
  private static final long FSYNC_LIMIT_NANOS = 2_000_000_000L;

  private Machine() {}

  /**
   * @param folder where the database is: its disk is what is measured
   */
  public static Map<String, Object> describe(Path folder, Connection database)
      throws IOException, SQLException {
    OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("cores", Runtime.getRuntime().availableProcessors());
    facts.put("memory GiB", system.getTotalMemorySize() >> 30);
    facts.put("JDK", Runtime.version().toString());
    facts.put("max heap MiB", Runtime.getRuntime().maxMemory() >> 20);
    facts.put(
        "GC",
        ManagementFactory.getGarbageCollectorMXBeans().stream()
            .map(GarbageCollectorMXBean::getName)
            .collect(Collectors.joining("/")));
    facts.put("PostgreSQL", show(database, "server_version"));
    facts.put("file system", Files.getFileStore(folder).type());
    facts.put("fsync median µs", fsyncMicros(folder));
    facts.put("load average at start", system.getSystemLoadAverage());
    return facts;
  }

  public static String show(Connection database, String setting) throws SQLException {
    try (Statement statement = database.createStatement();
        ResultSet result = statement.executeQuery("show " + setting)) {
      result.next();
      return result.getString(1);
    }
  }

  /** One write of 8 KiB and fdatasync, as a commit does. */
  static long fsyncMicros(Path folder) throws IOException {
    Path file = Files.createTempFile(folder, "fsync", ".probe");
    long[] took = new long[FSYNCS];
    int done = 0;
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      ByteBuffer block = ByteBuffer.allocateDirect(8192);
      long began = System.nanoTime();
      while (done < FSYNCS && System.nanoTime() - began < FSYNC_LIMIT_NANOS) {
        block.clear();
        long before = System.nanoTime();
        channel.write(block, 0);
        channel.force(false);
        took[done++] = System.nanoTime() - before;
      }
    } finally {
      Files.delete(file);
    }
    Arrays.sort(took, 0, done);
    return took[done / 2] / 1000;
  }
}
