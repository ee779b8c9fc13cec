package io.carillon.cli.schedule;

import io.carillon.cli.terminal.TimeText;
import io.carillon.v1.CatchUp;
import java.time.Duration;
import java.util.stream.Stream;
import picocli.CommandLine.Option;

/** What a schedule does with the times that it missed, as options. */
final class CatchUpOptions {

  /** As in the contract, written as people do. */
  enum Mode {
    all(CatchUp.Mode.ALL),
    last(CatchUp.Mode.LAST),
    none(CatchUp.Mode.NONE);

    final CatchUp.Mode proto;

    Mode(CatchUp.Mode proto) {
      this.proto = proto;
    }
  }

  @Option(
      names = "--catch-up",
      paramLabel = "all|last|none",
      description = "Which of the missed times fire late (default: all).")
  private Mode mode;

  @Option(
      names = "--catch-up-window",
      paramLabel = "DURATION",
      description = "Times missed by longer than this are skipped (default: 1h).")
  private Duration window;

  @Option(
      names = "--catch-up-max",
      paramLabel = "N",
      description = "With --catch-up all: at most the latest N missed times fire; 0 for no limit.")
  private Integer maxCount;

  @Option(
      names = "--catch-up-grace",
      paramLabel = "DURATION",
      description = "A time counts as missed if it is late by more than this (default: 10s).")
  private Duration grace;

  boolean given() {
    return Stream.of(mode, window, maxCount, grace).anyMatch(o -> o != null);
  }

  /** The stored one with what the options say in its place. */
  CatchUp applyTo(CatchUp stored) {
    CatchUp.Builder catchUp = stored.toBuilder();
    if (mode != null) {
      catchUp.setMode(mode.proto);
      if (mode != Mode.all) {
        // What was stored for the mode before means nothing in this one.
        catchUp.clearMaxCount();
      }
    }
    if (window != null) {
      catchUp.setWindow(TimeText.proto(window));
    }
    if (maxCount != null) {
      catchUp.setMaxCount(maxCount);
    }
    if (grace != null) {
      catchUp.setGrace(TimeText.proto(grace));
    }
    return catchUp.build();
  }
}
