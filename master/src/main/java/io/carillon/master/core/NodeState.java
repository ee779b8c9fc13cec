package io.carillon.master.core;

/** States of a clock node. The codes are those of the API and of the database. */
public enum NodeState {
  /** Connected, not given partitions yet. */
  REGISTERED(1),
  ACTIVE(2),
  /** Handing over its partitions. */
  DRAINING(3),
  /** Its stream broke or heartbeats are missing; its partitions are still its own. */
  SUSPECT(4),
  /** Lost: its partitions are given away. */
  DEAD(5),
  /** Left in order. */
  STOPPED(6),
  /** Is to be known no more: its row is deleted. Of no node that is told of. */
  FORGOTTEN(7);

  private final int code;

  NodeState(int code) {
    this.code = code;
  }

  public int code() {
    return code;
  }

  public static NodeState of(int code) {
    return values()[code - 1];
  }
}
