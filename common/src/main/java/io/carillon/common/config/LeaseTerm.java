package io.carillon.common.config;

import java.time.Duration;

/**
 * How leaders and standbys keep an eye on each other; the same on all masters. All other times of
 * the election are in proportion.
 *
 * @param leaseTtl a leader that is not seen alive for this long is given up
 */
public record LeaseTerm(
    @Setting(
            value =
                "A leader that is not seen alive for this long is given up; the same on all"
                    + " masters.",
            min = "PT1S",
            max = "PT5M")
        Duration leaseTtl) {

  public static final LeaseTerm DEFAULTS = new LeaseTerm(Duration.ofSeconds(3));

  public LeaseTerm {
    Records.check(LeaseTerm.class, leaseTtl);
  }
}
