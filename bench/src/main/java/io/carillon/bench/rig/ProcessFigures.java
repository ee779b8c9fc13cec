package io.carillon.bench.rig;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What the kernel and a JVM's own tools say of a process. Reads /proc, so Linux alone. */
final class ProcessFigures {

  /** Of the times in /proc: USER_HZ, 100 on every Linux. */
  private static final long NANOS_PER_TICK = 10_000_000;

  private static final int UTIME = 14;
  private static final int CUTIME = 16;
  private static final Pattern HEAP_TOTAL = Pattern.compile("(?m)^Total\\s+\\d+\\s+(\\d+)\\s*$");
  private static final long JCMD_LIMIT_SECONDS = 120;

  private ProcessFigures() {}

  /** Zero for one that has ended. */
  static Duration cpuTime(long pid) {
    return times(pid, UTIME);
  }

  /** Of a server and its processes, also of those that have ended and that it has waited for. */
  static Duration cpuTimeOfTree(long pid) {
    Duration own = times(pid, UTIME).plus(times(pid, CUTIME));
    return ProcessHandle.of(pid).stream()
        .flatMap(ProcessHandle::descendants)
        .map(process -> cpuTime(process.pid()))
        .reduce(own, Duration::plus);
  }

  /** Two fields that follow each other: in the kernel and out of it. */
  private static Duration times(long pid, int field) {
    String stat = read(pid, "stat");
    if (stat.isEmpty()) {
      return Duration.ZERO;
    }
    // The second field is the command in brackets and may hold blanks; the third comes after it.
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
    long ticks = Long.parseLong(fields[field - 3]) + Long.parseLong(fields[field - 2]);
    return Duration.ofNanos(ticks * NANOS_PER_TICK);
  }

  /** Whether the kernel says that it is stopped. */
  static boolean isStopped(long pid) {
    String stat = read(pid, "stat");
    return !stat.isEmpty() && stat.charAt(stat.lastIndexOf(')') + 2) == 'T';
  }

  /** Memory that is in RAM; 0 for a process that has ended. */
  static long residentBytes(long pid) {
    try (Stream<String> lines = read(pid, "status").lines()) {
      return lines
          .filter(line -> line.startsWith("VmRSS:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
          .findFirst()
          .orElse(0);
    }
  }

  private static String read(long pid, String file) {
    try {
      return Files.readString(Path.of("/proc/" + pid + "/" + file));
    } catch (java.nio.file.NoSuchFileException e) {
      return "";
    } catch (IOException e) {
      // Also ESRCH: it ended while being read.
      if (ProcessHandle.of(pid).isPresent()) {
        throw new UncheckedIOException(e);
      }
      return "";
    }
  }

  /** What lives on the heap of a JVM: a histogram makes a full collection first. */
  static long liveHeapBytes(long pid) throws IOException, InterruptedException {
    Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
    if (!Files.isExecutable(jcmd)) {
      throw new IOException(
          jcmd + " is not there: to measure a heap run with a JDK and not with a JRE");
    }
    // Into a file: a histogram is longer than a pipe holds, and the wait has a limit.
    Path answer = Files.createTempFile("carillon-bench-", ".histogram");
    try {
      Process process =
          new ProcessBuilder(jcmd.toString(), Long.toString(pid), "GC.class_histogram")
              .redirectErrorStream(true)
              .redirectOutput(answer.toFile())
              .start();
      boolean ended = process.waitFor(JCMD_LIMIT_SECONDS, TimeUnit.SECONDS);
      if (!ended) {
        process.destroyForcibly();
      }
      String text = Files.readString(answer, StandardCharsets.UTF_8);
      Matcher total = HEAP_TOTAL.matcher(text);
      if (!ended || process.exitValue() != 0 || !total.find()) {
        throw new IOException("jcmd says nothing of the heap of process " + pid + ": " + text);
      }
      return Long.parseLong(total.group(1));
    } finally {
      Files.delete(answer);
    }
  }
}
