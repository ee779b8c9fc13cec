package io.carillon.simulation.check;

import io.carillon.master.core.delivery.Fires;
import io.carillon.master.core.delivery.Progress;
import io.carillon.master.core.delivery.Settlement;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Delivery to one destination by one leader: what it began with, what it sent and which
 * acknowledgements reached it. What is settled, as stored when it began or by an acknowledgement
 * that it took, it never sends; and attempts count on from what was stored.
 */
final class DeliveryLife {

  /** An attempt that is as old as this is part of what is stored. */
  private static final long ATTEMPT_IS_STORED = 250_000;

  private record Sent(int attempt, long at) {}

  private final String name;
  private final StoredDelivery begun;
  private final TreeMap<Long, Sent> sent = new TreeMap<>();
  private final Map<Integer, TreeSet<Long>> sentTo = new TreeMap<>();
  private final Set<Long> acked = new TreeSet<>();

  /** Of what was sent or acknowledged, what is not known to be stored for good. */
  private final Set<Long> open = new TreeSet<>();

  private Settlement made;

  /**
   * @param begun what is stored as it begins
   */
  DeliveryLife(String name, StoredDelivery begun) {
    this.name = name;
    this.begun = begun;
  }

  void sent(int subscriber, Fires fires, int maxAttempts, long now) {
    for (int i = 0; i < fires.size(); i++) {
      long seq = fires.seq[i];
      Sent before = sent.get(seq);
      int attempts = before == null ? begun.attempts(seq) : before.attempt;
      Violation.unless(
          !acked.contains(seq) && (before != null || attempts != Progress.SETTLED),
          "S8 settled stays",
          name + " sends fire " + seq + ", which is settled");
      Violation.unless(
          fires.attempt[i] == attempts + 1 && fires.attempt[i] <= maxAttempts,
          "S9 attempts count on",
          name
              + " sends fire "
              + seq
              + " as attempt "
              + fires.attempt[i]
              + " of "
              + maxAttempts
              + " after "
              + attempts);
      sent.put(seq, new Sent(fires.attempt[i], now));
      sentTo.computeIfAbsent(subscriber, s -> new TreeSet<>()).add(seq);
      open.add(seq);
    }
  }

  /** An acknowledgement arrives: of one, whoever it was sent to, or of what a subscriber was. */
  void acked(int subscriber, long first, long last) {
    if (first == last) {
      acked.add(first);
      open.add(first);
      return;
    }
    Set<Long> range =
        sentTo.getOrDefault(subscriber, new TreeSet<>()).subSet(first, true, last, true);
    acked.addAll(range);
    open.addAll(range);
  }

  /**
   * It wants this stored now: with it, all that it took is settled, and attempts are known but for
   * the latest.
   *
   * @param limit of rows in a settlement; where that is reached, more come with the next
   */
  void made(Settlement settlement, StoredDelivery stored, int limit, long now) {
    if (settlement == made) {
      return;
    }
    made = settlement;
    boolean whole = settlement.settled().size() < limit && settlement.parked().size() < limit;
    open.removeIf(seq -> stored.isGone(seq));
    StoredDelivery then = stored.with(settlement);
    for (long seq : open) {
      if (acked.contains(seq)) {
        Violation.unless(
            !whole || then.isGone(seq),
            "S8 settled stays",
            name + " took the acknowledgement of fire " + seq + ", and does not store it");
        continue;
      }
      Sent last = sent.get(seq);
      Violation.unless(
          !whole || last.at > now - ATTEMPT_IS_STORED || then.tried(seq) >= last.attempt,
          "S9 attempts count on",
          name
              + " sent fire "
              + seq
              + " as attempt "
              + last.attempt
              + " and stores "
              + then.tried(seq));
    }
  }
}
