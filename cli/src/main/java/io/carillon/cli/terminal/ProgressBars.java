package io.carillon.cli.terminal;

import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** Bars that show how far a long piece of work is. */
public final class ProgressBars {

  private ProgressBars() {}

  /**
   * Drawn on a terminal only; null elsewhere.
   *
   * @param total negative as long as it is not known
   */
  public static ProgressBar bar(World world, String task, long total) {
    if (!world.talkIsTerminal()) {
      return null;
    }
    return new ProgressBarBuilder()
        .setTaskName(task)
        .setInitialMax(total)
        .setStyle(ProgressBarStyle.ASCII)
        .setUpdateIntervalMillis(200)
        .setConsumer(new ConsoleProgressBarConsumer(System.err, 100))
        .build();
  }
}
