package io.carillon.bench.report;

import java.io.PrintWriter;
import java.util.Locale;

/** Lines to stderr with the time since the start, so that nobody wonders what is going on. */
public final class ProgressLog {

  private final PrintWriter err;
  private final long began = System.nanoTime();

  public ProgressLog(PrintWriter err) {
    this.err = err;
  }

  public void say(String format, Object... arguments) {
    double seconds = (System.nanoTime() - began) / 1e9;
    err.println(
        String.format(Locale.ROOT, "[%6.1f s] ", seconds)
            + String.format(Locale.ROOT, format, arguments));
    err.flush();
  }
}
