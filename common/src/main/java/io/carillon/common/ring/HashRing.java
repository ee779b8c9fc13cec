package io.carillon.common.ring;

import com.google.common.hash.HashFunction;
import com.google.common.hash.Hashing;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Says which member owns which partition: consistent hashing with virtual nodes, weights and
 * bounded load. A pure function of the members: the same set gives the same placement, whatever
 * came before, so a member that returns gets its partitions back; and when the set changes by one,
 * few partitions move.
 *
 * <p>Bounded load (Mirrokni, Thorup, Zadimoghaddam 2016): nobody gets more than {@value
 * #LOAD_BOUND} times its share; a partition whose next member is full goes on clockwise.
 */
public final class HashRing {

  /** Someone who can own partitions. {@code weight}: its share in relation to others, 1 or more. */
  public record Member(String id, int weight) {
    public Member {
      if (weight < 1) {
        throw new IllegalArgumentException("weight must be 1 or more, but is " + weight);
      }
    }
  }

  private static final double LOAD_BOUND = 1.15;

  /** What members have that say nothing of their weight. */
  public static final int USUAL_WEIGHT = 100;

  /** Points on the ring for a member of the usual weight: enough for shares even to about 10 %. */
  private static final int POINTS = 128;

  private static final int SEED = 0x0ca5;

  private static final HashFunction HASH = Hashing.murmur3_128(SEED);

  private HashRing() {}

  /**
   * The owner of each partition.
   *
   * @return for each partition from 0 the id of a member; all null if there are no members
   */
  public static String[] place(List<Member> members, int partitions) {
    String[] owners = new String[partitions];
    if (members.isEmpty()) {
      return owners;
    }
    Ring ring = new Ring(members);
    int[] room = ring.room(partitions, -1);
    for (int partition = 0; partition < partitions; partition++) {
      int owner = ring.firstWithRoom(partition, room);
      room[owner]--;
      owners[partition] = ring.members.get(owner).id();
    }
    return owners;
  }

  /**
   * For each partition the member that {@link #place} would choose if its owner, and only that,
   * were gone; null where there is no other.
   *
   * @param owners by partition, as placed; members, or null
   */
  public static String[] placeWithoutOwner(List<Member> members, String[] owners) {
    String[] next = new String[owners.length];
    if (members.size() < 2) {
      return next;
    }
    Ring ring = new Ring(members);
    for (int gone = 0; gone < ring.members.size(); gone++) {
      int[] room = ring.room(owners.length, gone);
      for (int partition = 0; partition < owners.length; partition++) {
        int chosen = ring.firstWithRoom(partition, room);
        room[chosen]--;
        if (ring.members.get(gone).id().equals(owners[partition])) {
          next[partition] = ring.members.get(chosen).id();
        }
      }
    }
    return next;
  }

  /** The partition of a schedule: even, and fixed for ever by the schedule's number. */
  public static int partitionOf(long schedule, int partitions) {
    return (int) Long.remainderUnsigned(hash(schedule), partitions);
  }

  /** What {@link #HASH} makes of a number; here without an object for each step, as all ask. */
  static long hash(long number) {
    long mixed = Long.rotateLeft(number * 0x87c37b91114253d5L, 31) * 0x4cf5ad432745937fL;
    long second = SEED ^ Long.BYTES;
    long first = (SEED ^ mixed ^ Long.BYTES) + second;
    second += first;
    return finished(first) + finished(second);
  }

  private static long finished(long hash) {
    long h = (hash ^ hash >>> 33) * 0xff51afd7ed558ccdL;
    h = (h ^ h >>> 33) * 0xc4ceb9fe1a85ec53L;
    return h ^ h >>> 33;
  }

  /** Follows the weight alone, not the others' weights: those would move points with every join. */
  private static int pointsOf(Member member) {
    return Math.max(1, (int) ((long) POINTS * member.weight() / USUAL_WEIGHT));
  }

  /** The points of some members. */
  private static final class Ring {
    final List<Member> members;
    private final TreeMap<Long, Integer> points = new TreeMap<>();

    Ring(List<Member> all) {
      members = new ArrayList<>(all);
      members.sort((a, b) -> a.id().compareTo(b.id()));
      for (int m = 0; m < members.size(); m++) {
        for (int point = 0; point < pointsOf(members.get(m)); point++) {
          points.putIfAbsent(hash(members.get(m).id() + '#' + point), m);
        }
      }
    }

    /** How many partitions each may have; {@code gone}, if it is a member, none. */
    int[] room(int partitions, int gone) {
      long totalWeight = 0;
      for (int m = 0; m < members.size(); m++) {
        totalWeight += m == gone ? 0 : members.get(m).weight();
      }
      int[] room = new int[members.size()];
      for (int m = 0; m < room.length; m++) {
        double share = LOAD_BOUND * partitions * members.get(m).weight() / totalWeight;
        room[m] = m == gone ? 0 : (int) Math.ceil(share);
      }
      return room;
    }

    int firstWithRoom(int partition, int[] room) {
      long from = hash("partition#" + partition);
      for (Map.Entry<Long, Integer> point : points.tailMap(from, true).entrySet()) {
        if (room[point.getValue()] > 0) {
          return point.getValue();
        }
      }
      for (Map.Entry<Long, Integer> point : points.headMap(from, false).entrySet()) {
        if (room[point.getValue()] > 0) {
          return point.getValue();
        }
      }
      throw new IllegalStateException("the load bound leaves room for every partition");
    }
  }

  private static long hash(String text) {
    return HASH.hashString(text, StandardCharsets.UTF_8).asLong();
  }
}
