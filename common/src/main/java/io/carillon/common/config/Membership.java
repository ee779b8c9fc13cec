package io.carillon.common.config;

import java.time.Duration;

/**
 * How the leader keeps its clock nodes and shares partitions among them.
 *
 * @param heartbeatInterval how often nodes are asked to send a heartbeat
 * @param sessionTimeout without a heartbeat for this long a node is dead
 * @param lossGrace how long a node may take to come back after its stream broke
 * @param startGrace how long nodes may take to come back after a master began to lead
 * @param joinDelay how long a change of members waits for others, so that many joining at once move
 *     partitions once
 * @param releaseTimeout how long a node may take to release a partition before it is taken
 * @param movesAtOnce partitions that one node hands over at the same time
 * @param clockBound a node whose estimate of cluster time is ahead by more, or not known to within
 *     it, is given no partitions
 * @param firstHold for how long a node that was lost again and again has to stay before it is given
 *     partitions; doubles with each further loss
 * @param longestHold what that doubles up to
 * @param warmStandby whether each partition is kept loaded by the node that would get it next: it
 *     goes on at once then, and the nodes need twice the memory
 */
public record Membership(
    @Setting(
            value = "How often nodes are asked to send a heartbeat.",
            min = "PT0.01S",
            max = "PT1M",
            advanced = true)
        Duration heartbeatInterval,
    @Setting(
            value =
                "Without a heartbeat for this long a node is dead; at least three heartbeat"
                    + " intervals.",
            min = "PT0.1S",
            max = "PT10M",
            advanced = true)
        Duration sessionTimeout,
    @Setting(
            value = "How long a node may take to come back after its stream broke.",
            min = "PT0S",
            max = "PT10M",
            advanced = true)
        Duration lossGrace,
    @Setting(
            value =
                "How long nodes may take to come back after a master began to lead; not shorter than"
                    + " the session timeout.",
            min = "PT0.1S",
            max = "PT10M",
            advanced = true)
        Duration startGrace,
    @Setting(
            value =
                "How long a change of members waits for others, so that many joining at once move"
                    + " partitions once.",
            min = "PT0S",
            max = "PT1M",
            advanced = true)
        Duration joinDelay,
    @Setting(
            value = "How long a node may take to release a partition before it is taken.",
            min = "PT0.1S",
            max = "PT10M",
            advanced = true)
        Duration releaseTimeout,
    @Setting(
            value = "Partitions that one node hands over at the same time.",
            min = "1",
            max = "4096",
            advanced = true)
        int movesAtOnce,
    @Setting(
            value =
                "A node whose estimate of cluster time is ahead by more, or not known to within it,"
                    + " is given no partitions.",
            min = "PT0.001S",
            max = "PT1M",
            advanced = true)
        Duration clockBound,
    @Setting(
            value =
                "For how long a node that was lost again and again has to stay before it is given"
                    + " partitions; doubles with each further loss.",
            min = "PT0S",
            max = "PT1H",
            advanced = true)
        Duration firstHold,
    @Setting(value = "What that doubles up to.", min = "PT0S", max = "PT24H", advanced = true)
        Duration longestHold,
    @Setting(
            "Have each partition kept loaded by the node that would take it over, so that it goes on"
                + " at once when the owner is lost. Clock nodes need twice the memory.")
        boolean warmStandby) {

  public static final Membership DEFAULTS =
      new Membership(
          Duration.ofMillis(250),
          Duration.ofSeconds(2),
          Duration.ofMillis(300),
          Duration.ofSeconds(3),
          Duration.ofMillis(150),
          Duration.ofSeconds(2),
          32,
          Duration.ofMillis(500),
          Duration.ofSeconds(5),
          Duration.ofMinutes(1),
          false);

  public Membership {
    Records.check(
        Membership.class,
        heartbeatInterval,
        sessionTimeout,
        lossGrace,
        startGrace,
        joinDelay,
        releaseTimeout,
        movesAtOnce,
        clockBound,
        firstHold,
        longestHold,
        warmStandby);
    atLeast(
        "session-timeout",
        sessionTimeout,
        "three times heartbeat-interval",
        heartbeatInterval.multipliedBy(3));
    atLeast("start-grace", startGrace, "session-timeout", sessionTimeout);
    atLeast("longest-hold", longestHold, "first-hold", firstHold);
  }

  private static void atLeast(String key, Duration value, String other, Duration least) {
    if (value.compareTo(least) < 0) {
      throw new SettingException(
          key,
          "must not be shorter than "
              + other
              + ", "
              + Records.show(least)
              + ", but is "
              + Records.show(value));
    }
  }
}
