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

  private static final HashFunction HASH = Hashing.murmur3_128(0x0ca5);

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
    List<Member> sorted = new ArrayList<>(members);
    sorted.sort((a, b) -> a.id().compareTo(b.id()));
    long totalWeight = 0;
    for (Member member : sorted) {
      totalWeight += member.weight();
    }
    int[] room = new int[sorted.size()];
    TreeMap<Long, Integer> ring = new TreeMap<>();
    for (int m = 0; m < sorted.size(); m++) {
      Member member = sorted.get(m);
      room[m] = (int) Math.ceil(LOAD_BOUND * partitions * member.weight() / totalWeight);

      for (int point = 0; point < pointsOf(member); point++) {
        ring.putIfAbsent(hash(member.id() + '#' + point), m);
      }
    }
    for (int partition = 0; partition < partitions; partition++) {
      int owner = firstWithRoom(ring, hash("partition#" + partition), room);
      room[owner]--;
      owners[partition] = sorted.get(owner).id();
    }
    return owners;
  }

  /** The partition of a schedule: even, and fixed for ever by the schedule's number. */
  public static int partitionOf(long schedule, int partitions) {
    return (int) Long.remainderUnsigned(HASH.hashLong(schedule).asLong(), partitions);
  }

  /** Follows the weight alone, not the others' weights: those would move points with every join. */
  private static int pointsOf(Member member) {
    return Math.max(1, (int) ((long) POINTS * member.weight() / USUAL_WEIGHT));
  }

  private static int firstWithRoom(TreeMap<Long, Integer> ring, long from, int[] room) {
    for (Map.Entry<Long, Integer> point : ring.tailMap(from, true).entrySet()) {
      if (room[point.getValue()] > 0) {
        return point.getValue();
      }
    }
    for (Map.Entry<Long, Integer> point : ring.headMap(from, false).entrySet()) {
      if (room[point.getValue()] > 0) {
        return point.getValue();
      }
    }
    throw new IllegalStateException("the load bound leaves room for every partition");
  }

  private static long hash(String text) {
    return HASH.hashString(text, StandardCharsets.UTF_8).asLong();
  }
}
