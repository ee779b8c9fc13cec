package io.carillon.master.core.delivery;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/** Who takes the fires of a destination, in turn, and how much each may be given. */
final class Subscribers {

  static final int MAX_CREDIT = 100_000;

  private static final class Subscriber {
    final int id;
    int credit;
    int inFlight;
    boolean writable;
    final TreeSet<Long> lapsed = new TreeSet<>();

    Subscriber(int id) {
      this.id = id;
    }
  }

  private final List<Subscriber> all = new ArrayList<>();
  private final int inFlightLimit;
  private final int lapsedLimit;
  private int lapsed;
  private int turn;

  /**
   * @param inFlightLimit of each
   * @param lapsedLimit of all
   */
  Subscribers(int inFlightLimit, int lapsedLimit) {
    this.inFlightLimit = inFlightLimit;
    this.lapsedLimit = lapsedLimit;
  }

  int size() {
    return all.size();
  }

  void add(int id) {
    all.add(new Subscriber(id));
  }

  boolean remove(int id) {
    Subscriber subscriber = get(id);
    if (subscriber == null) {
      return false;
    }
    lapsed -= subscriber.lapsed.size();
    return all.remove(subscriber);
  }

  private Subscriber get(int id) {
    for (Subscriber subscriber : all) {
      if (subscriber.id == id) {
        return subscriber;
      }
    }
    return null;
  }

  void addCredit(int id, int more) {
    Subscriber subscriber = get(id);
    if (subscriber != null) {
      subscriber.credit = Math.min(MAX_CREDIT, subscriber.credit + more);
    }
  }

  void writable(int id) {
    Subscriber subscriber = get(id);
    if (subscriber != null) {
      subscriber.writable = true;
    }
  }

  /** Fires that it had are acknowledged. */
  void settled(int id, int fires) {
    Subscriber subscriber = get(id);
    if (subscriber != null) {
      subscriber.inFlight -= fires;
    }
  }

  /** A fire that it had is refused or timed out: it may still say that it is done with it. */
  void lapsed(int id, long seq) {
    Subscriber subscriber = get(id);
    if (subscriber == null) {
      return;
    }
    subscriber.inFlight--;
    if (subscriber.lapsed.add(seq) && ++lapsed > lapsedLimit) {
      subscriber.lapsed.pollFirst();
      lapsed--;
    }
  }

  /** What it had of the range and was taken from it, which is then forgotten. */
  List<Long> takeLapsed(int id, long first, long last) {
    Subscriber subscriber = get(id);
    if (subscriber == null || subscriber.lapsed.isEmpty() || last < first) {
      return List.of();
    }
    SortedSet<Long> range = subscriber.lapsed.subSet(first, true, last, true);
    List<Long> seqs = List.copyOf(range);
    range.clear();
    lapsed -= seqs.size();
    return seqs;
  }

  private int room(Subscriber subscriber) {
    return subscriber.writable
        ? Math.min(subscriber.credit, inFlightLimit - subscriber.inFlight)
        : 0;
  }

  boolean anyRoom() {
    for (Subscriber subscriber : all) {
      if (room(subscriber) > 0) {
        return true;
      }
    }
    return false;
  }

  /** The next in turn that can be given something, or -1. */
  int next() {
    for (int i = 0; i < all.size(); i++) {
      turn = turn + 1 >= all.size() ? 0 : turn + 1;
      if (room(all.get(turn)) > 0) {
        return all.get(turn).id;
      }
    }
    return -1;
  }

  int room(int id) {
    return room(get(id));
  }

  /** Is being sent a message; it can take the next once it says that it is writable. */
  void sent(int id, int fires) {
    Subscriber subscriber = get(id);
    subscriber.credit -= fires;
    subscriber.inFlight += fires;
    subscriber.writable = false;
  }
}
