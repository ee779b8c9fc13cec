package io.carillon.common.config;

import java.time.Duration;

/**
 * How a clock node takes what is due, and what may wait for the master.
 *
 * @param tickSpacing least distance between two pushes
 * @param eventsPerPartitionStep most events of a partition in one step, apart from ties and from
 *     what is late
 * @param eventsPerBatch most events in one batch, apart from the same
 * @param pendingBatches most batches that are not acknowledged
 * @param pendingEvents at this many events not acknowledged the node stops taking, and runs late
 */
public record Ticking(
    @Setting(
            value = "Least distance between two pushes of fires.",
            min = "PT0S",
            max = "PT0.5S",
            advanced = true)
        Duration tickSpacing,
    @Setting(
            value = "Most fires of a partition in one step, apart from ties.",
            min = "1",
            advanced = true)
        int eventsPerPartitionStep,
    @Setting(value = "Most fires in one batch, apart from ties.", min = "1", advanced = true)
        int eventsPerBatch,
    @Setting(
            value = "Most batches that the master has not acknowledged.",
            min = "1",
            advanced = true)
        int pendingBatches,
    @Setting(
            value =
                "At this many fires not acknowledged the node stops taking, and runs late; not below"
                    + " events-per-batch.",
            min = "1",
            advanced = true)
        int pendingEvents) {

  public static final Ticking DEFAULTS =
      new Ticking(Duration.ofMillis(2), 20_000, 50_000, 8, 200_000);

  public Ticking {
    Records.check(
        Ticking.class,
        tickSpacing,
        eventsPerPartitionStep,
        eventsPerBatch,
        pendingBatches,
        pendingEvents);
    if (pendingEvents < eventsPerBatch) {
      throw new SettingException(
          "pending-events",
          "must not be below events-per-batch, " + eventsPerBatch + ", but is " + pendingEvents);
    }
  }
}
