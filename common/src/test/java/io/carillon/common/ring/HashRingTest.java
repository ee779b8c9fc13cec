package io.carillon.common.ring;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.common.hash.Hashing;
import io.carillon.common.ring.HashRing.Member;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class HashRingTest {

  private static final int PARTITIONS = 256;

  @Test
  void without_members_nobody_owns_anything() {
    assertNull(HashRing.place(List.of(), 4)[3]);
  }

  @Test
  void the_partition_of_a_schedule_is_by_murmur3() {
    Random random = new Random(3);
    for (int i = 0; i < 1_000; i++) {
      long number = i < 100 ? i : random.nextLong();
      assertEquals(
          Hashing.murmur3_128(0x0ca5).hashLong(number).asLong(),
          HashRing.hash(number),
          "" + number);
    }
  }

  @Test
  void one_member_owns_everything() {
    for (String owner : HashRing.place(members(1), PARTITIONS)) {
      assertEquals("node-0", owner);
    }
  }

  @Test
  void placement_does_not_depend_on_the_order_of_members() {
    List<Member> shuffled = new ArrayList<>(members(7));
    Collections.shuffle(shuffled, new Random(5));
    assertArrayEquals(HashRing.place(members(7), PARTITIONS), HashRing.place(shuffled, PARTITIONS));
  }

  @Test
  void nobody_exceeds_the_load_bound() {
    for (int n = 1; n <= 40; n++) {
      int bound = (int) Math.ceil(1.15 * PARTITIONS / n);
      for (Map.Entry<String, Integer> load :
          loads(HashRing.place(members(n), PARTITIONS)).entrySet()) {
        assertTrue(load.getValue() <= bound, n + " members: " + load);
      }
    }
  }

  @Test
  void the_next_of_each_partition_is_who_gets_it_when_its_owner_leaves() {
    assertNull(HashRing.placeWithoutOwner(members(1), new String[] {"node-0"})[0]);
    for (int n = 2; n <= 12; n++) {
      List<Member> all = members(n);
      String[] owners = HashRing.place(all, PARTITIONS);
      String[] next = HashRing.placeWithoutOwner(all, owners);
      for (Member gone : all) {
        List<Member> rest = new ArrayList<>(all);
        rest.remove(gone);
        String[] after = HashRing.place(rest, PARTITIONS);
        for (int p = 0; p < PARTITIONS; p++) {
          if (owners[p].equals(gone.id())) {
            assertEquals(after[p], next[p], n + " members, partition " + p);
          }
        }
      }
    }
  }

  @Test
  void weights_give_shares() {
    List<Member> members = List.of(new Member("a", 100), new Member("b", 300));
    int b = loads(HashRing.place(members, 1000)).get("b");
    assertTrue(b >= 650 && b <= 850, "three quarters, give or take: " + b);
  }

  @Test
  void when_a_member_leaves_hardly_more_than_its_partitions_move() {
    for (int n = 2; n <= 20; n++) {
      String[] before = HashRing.place(members(n), PARTITIONS);
      for (int gone = 0; gone < n; gone++) {
        List<Member> rest = new ArrayList<>(members(n));
        rest.remove(gone);
        String[] after = HashRing.place(rest, PARTITIONS);
        int moved = 0;
        int had = 0;
        for (int p = 0; p < PARTITIONS; p++) {
          moved += before[p].equals(after[p]) ? 0 : 1;
          had += before[p].equals("node-" + gone) ? 1 : 0;
        }
        assertTrue(
            moved <= had + PARTITIONS / 4,
            n + " members, " + gone + " gone: " + moved + " of " + had);
      }
    }
  }

  @Test
  void a_member_that_returns_gets_the_same_partitions() {
    String[] before = HashRing.place(members(3), PARTITIONS);
    HashRing.place(members(2), PARTITIONS);
    assertArrayEquals(before, HashRing.place(members(3), PARTITIONS));
  }

  @Test
  void schedules_spread_evenly_over_partitions() {
    int[] counts = new int[PARTITIONS];
    for (long schedule = 1; schedule <= 256_000; schedule++) {
      counts[HashRing.partitionOf(schedule, PARTITIONS)]++;
    }
    for (int count : counts) {
      assertTrue(count > 850 && count < 1150, "about 1000: " + count);
    }
  }

  private static List<Member> members(int n) {
    List<Member> members = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      members.add(new Member("node-" + i, 100));
    }
    return members;
  }

  private static Map<String, Integer> loads(String[] owners) {
    Map<String, Integer> loads = new TreeMap<>();
    for (String owner : owners) {
      loads.merge(owner, 1, Integer::sum);
    }
    return loads;
  }
}
