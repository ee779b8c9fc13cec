package io.carillon.master.core.write;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carillon.master.core.MasterCommand.NodeRow;
import io.carillon.master.core.MasterCommand.OwnerChange;
import io.carillon.master.core.Mutation.Group;
import io.carillon.master.core.Mutation.PlannedGroup;
import io.carillon.master.core.write.WriteTries.Ending;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class LaneWritesTest {

  private static final StoreAnswer UNKNOWN = StoreAnswer.of(Ending.UNKNOWN, "no answer");
  private static final StoreAnswer MISMATCH = StoreAnswer.of(Ending.MISMATCH, "another watermark");
  private static final StoreAnswer UNWRITABLE = StoreAnswer.of(Ending.UNWRITABLE, "no function");
  private static final StoreAnswer STALE = StoreAnswer.of(Ending.STALE_EPOCH, "epoch 1 is over");
  private static final StoreAnswer NO_FAULTS = StoreAnswer.faults(new TreeMap<>());

  private final List<String> heard = new ArrayList<>();
  private final List<String> calls = new ArrayList<>();
  private final LaneWrites writes = new LaneWrites(new Heard(), new Troubles());

  private final class Heard implements Outcomes {
    @Override
    public void committed(int attempts) {
      heard.add("committed after " + attempts);
    }

    @Override
    public void commitRefused(SortedMap<Integer, String> faults) {
      heard.add("commit refused " + faults);
    }

    @Override
    public void ownersChanged() {
      heard.add("owners changed");
    }

    @Override
    public void ownersRefused(SortedMap<Integer, String> faults) {
      heard.add("owners refused " + faults);
    }

    @Override
    public void mutated(List<String> rejected) {
      heard.add("mutated " + rejected);
    }

    @Override
    public void nodeWritten(NodeRow row) {
      heard.add("node written");
    }

    @Override
    public void nodeRefused(NodeRow row, String reason) {
      heard.add("node refused " + reason);
    }
  }

  private final class Troubles implements LaneWrite.Listener {
    @Override
    public void available(boolean available, StoreAnswer last) {
      heard.add(available ? "available" : "away");
    }

    @Override
    public void over(StoreAnswer why) {
      heard.add("over " + why.ending());
    }
  }

  /** Goes on until nothing is left to call. */
  private void run(LaneWrite first, Function<StoreCall, StoreAnswer> store) {
    LaneWrite write = first;
    while (write != null) {
      calls.add(write.call().getClass().getSimpleName());
      write = write.answered(store.apply(write.call()));
    }
  }

  /** These are the answers, one after the other. */
  private void run(LaneWrite write, StoreAnswer... answers) {
    List<StoreAnswer> left = new ArrayList<>(List.of(answers));
    run(write, call -> left.remove(0));
    assertEquals(List.of(), left);
  }

  private static TreeMap<Integer, String> fault(int partition) {
    return new TreeMap<>(java.util.Map.of(partition, "a row"));
  }

  @Test
  void a_commit_without_an_answer_is_tried_again_and_its_lane_says_that_the_store_is_away() {
    run(writes.commit(null), UNKNOWN, UNKNOWN, StoreAnswer.DONE);
    assertEquals(List.of("Commit", "Commit", "Commit"), calls);
    assertEquals(List.of("away", "available", "committed after 3"), heard);
  }

  @Test
  void a_commit_that_is_refused_because_an_earlier_try_happened_is_found() {
    run(writes.commit(null), UNKNOWN, MISMATCH, UNKNOWN, StoreAnswer.found(true));
    assertEquals(List.of("Commit", "Commit", "IsCommitted", "IsCommitted"), calls);
    assertEquals(List.of("away", "available", "committed after 2"), heard);
  }

  @Test
  void of_a_commit_that_is_refused_the_core_hears_which_partitions_are_at_fault() {
    run(writes.commit(null), MISMATCH, StoreAnswer.found(false), StoreAnswer.faults(fault(3)));
    assertEquals(List.of("Commit", "IsCommitted", "FindFaults"), calls);
    assertEquals(List.of("commit refused {3=a row}"), heard);
  }

  @Test
  void a_refusal_that_is_gone_as_one_looks_is_tried_again_and_not_for_ever() {
    run(writes.commit(null), MISMATCH, StoreAnswer.found(false), NO_FAULTS, StoreAnswer.DONE);
    assertEquals(List.of("committed after 1"), heard);
    heard.clear();
    calls.clear();
    run(
        writes.commit(null),
        call ->
            call instanceof StoreCall.Commit
                ? MISMATCH
                : call instanceof StoreCall.FindFaults ? NO_FAULTS : StoreAnswer.found(false));
    assertEquals(List.of("over MISMATCH"), heard);
    assertEquals(3, calls.stream().filter("Commit"::equals).count());
  }

  @Test
  void what_the_store_cannot_do_at_all_is_no_partitions_fault() {
    run(writes.commit(null), UNWRITABLE);
    assertEquals(List.of("over UNWRITABLE"), heard);
  }

  @Test
  void a_deposed_leader_is_over_whatever_it_was_doing() {
    run(writes.commit(null), STALE);
    run(writes.commit(null), MISMATCH, StoreAnswer.found(false), STALE);
    run(writes.changeOwners(List.of()), UNKNOWN, STALE);
    run(writes.writeNode(null), STALE);
    run(writes.mutate(groups(2)), STALE);
    heard.removeIf("away"::equals);
    assertEquals(java.util.Collections.nCopies(5, "over STALE_EPOCH"), heard);
  }

  @Test
  void a_read_that_fails_for_another_reason_than_that_the_store_is_away_ends_the_leadership() {
    run(writes.commit(null), MISMATCH, StoreAnswer.of(Ending.BROKEN, "no such column"));
    assertEquals(List.of("over BROKEN"), heard);
  }

  @Test
  void owners_are_refused_by_partition_and_otherwise_this_leader_is_over() {
    List<OwnerChange> changes = List.of(new OwnerChange(1, 0, "a", "test"));
    run(writes.changeOwners(changes), StoreAnswer.DONE);
    StoreAnswer refused = new StoreAnswer(Ending.REJECTED, "", fault(1), Set.of(), null);
    run(writes.changeOwners(changes), refused);
    run(writes.changeOwners(changes), MISMATCH);
    assertEquals(List.of("owners changed", "owners refused {1=a row}", "over MISMATCH"), heard);
  }

  @Test
  void a_node_that_cannot_be_stored_is_refused_with_the_reason() {
    run(writes.writeNode(null), StoreAnswer.of(Ending.REJECTED, "a zero byte"));
    run(writes.writeNode(null), StoreAnswer.DONE);
    assertEquals(List.of("node refused a zero byte", "node written"), heard);
  }

  private static List<PlannedGroup> groups(int size) {
    List<PlannedGroup> groups = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      groups.add(new PlannedGroup(new Group(List.of(), result -> {}), List.of()));
    }
    return groups;
  }

  /** Takes no write that has one of these groups in it. */
  private Function<StoreCall, StoreAnswer> refuses(Set<PlannedGroup> bad, boolean names) {
    return call -> {
      List<PlannedGroup> groups = ((StoreCall.Mutate) call).groups();
      List<PlannedGroup> found = groups.stream().filter(g -> isOneOf(g, bad)).toList();
      if (found.isEmpty()) {
        return StoreAnswer.DONE;
      }
      return StoreAnswer.of(Ending.REJECTED, "taken", names ? identities(found) : Set.of());
    };
  }

  private static boolean isOneOf(PlannedGroup group, Set<PlannedGroup> bad) {
    return bad.stream().anyMatch(other -> other == group);
  }

  private static Set<PlannedGroup> identities(List<PlannedGroup> groups) {
    Set<PlannedGroup> set = java.util.Collections.newSetFromMap(new java.util.IdentityHashMap<>());
    set.addAll(groups);
    return set;
  }

  @Test
  void the_groups_that_are_the_reason_are_refused_and_the_others_written_without_them() {
    List<PlannedGroup> groups = groups(4);
    Set<PlannedGroup> bad = identities(List.of(groups.get(1), groups.get(3)));
    run(writes.mutate(groups), refuses(bad, true));
    assertEquals(List.of("mutated [null, taken, null, taken]"), heard);
    assertEquals(2, calls.size());
  }

  @Test
  void each_group_is_written_by_itself_if_it_is_not_known_which_is_the_reason() {
    List<PlannedGroup> groups = groups(3);
    run(writes.mutate(groups), refuses(identities(List.of(groups.get(1))), false));
    assertEquals(List.of("mutated [null, taken, null]"), heard);
    assertEquals(4, calls.size());
  }

  @Test
  void a_write_of_which_nothing_is_left_is_not_made() {
    List<PlannedGroup> groups = groups(2);
    run(writes.mutate(groups), refuses(identities(groups), true));
    assertEquals(List.of("mutated [taken, taken]"), heard);
    assertEquals(1, calls.size());
  }

  @Test
  void the_pause_before_the_next_try_grows_and_there_is_none_before_the_first() {
    LaneWrite write = writes.commit(null);
    assertEquals(0, write.pauseMicros());
    long before = 0;
    for (int i = 0; i < 5; i++) {
      write = write.answered(UNKNOWN);
      assertTrue(write.pauseMicros() > before);
      before = write.pauseMicros();
    }
    assertEquals(0, write.answered(MISMATCH).pauseMicros());
  }
}
