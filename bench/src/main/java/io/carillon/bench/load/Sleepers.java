package io.carillon.bench.load;

import io.carillon.bench.report.ProgressLog;
import io.carillon.client.CarillonClient;

/** Schedules that are there and not due: what they cost is what holding them costs. */
public final class Sleepers {

  private final BatchCreator creation;
  private final ProgressLog progress;
  private final SpecMix mix;
  private int size;

  public Sleepers(CarillonClient client, ProgressLog progress, SpecMix mix) {
    this.creation = new BatchCreator(client, progress);
    this.progress = progress;
    this.mix = mix;
  }

  public int size() {
    return size;
  }

  /** Adds what is missing until there are so many. */
  public void growTo(int count) throws InterruptedException {
    if (count > size) {
      double perSecond = creation.run("sleeper", size, count, mix::spec, (requested, answer) -> {});
      progress.say("%d schedules that are not due, created at %.0f/s", count, perSecond);
      size = count;
    }
  }
}
