package io.carillon.master.core;

import java.util.ArrayList;
import java.util.List;

/** A batch of a clock node on its way through the fire lane: settled when all its parts are. */
final class PushedBatch {

  final long session;
  final long number;
  final List<Refusal> refusals = new ArrayList<>();
  private int unsettled;

  PushedBatch(long session, long number, int parts) {
    this.session = session;
    this.number = number;
    this.unsettled = parts;
  }

  void settle() {
    unsettled--;
  }

  void refuse(PushedPart part, Refusal.Reason reason) {
    refusals.add(new Refusal(part.partition(), part.epoch(), reason));
    settle();
  }

  boolean isSettled() {
    return unsettled == 0;
  }
}
