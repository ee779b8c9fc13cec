package io.carillon.master.core;

import io.carillon.common.schedule.Occurrences;
import java.util.List;

/**
 * When the core looks at what time has brought about: every 20 ms, and when it wants to be looked
 * at. Whoever calls the core has {@link #after} follow on its inputs, carries out what that
 * returns, and then calls {@link MasterCore#takeAhead}.
 */
public final class CorePace {

  private static final long TICK_MICROS = 20_000;

  private final MasterCore core;
  private long lastTick;

  public CorePace(MasterCore core) {
    this.core = core;
  }

  /** When {@link #after} is to be called though there is no input. */
  public long nextWake() {
    return Math.min(lastTick + TICK_MICROS, core.nextWake());
  }

  public boolean isDue(long now) {
    return now >= lastTick + TICK_MICROS
        || core.nextWake() != Occurrences.NEVER && now >= core.nextWake();
  }

  /** Ticks if that is due; answers what the core wants done. */
  public List<MasterCommand> after(long now) {
    if (isDue(now)) {
      lastTick = now;
      core.tick(now);
    }
    return core.drain();
  }
}
