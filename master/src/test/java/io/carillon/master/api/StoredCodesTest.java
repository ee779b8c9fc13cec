package io.carillon.master.api;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.protobuf.ProtocolMessageEnum;
import io.carillon.master.core.NodeState;
import io.carillon.master.core.delivery.DestinationKind;
import io.carillon.master.store.operations.OperationKind;
import io.carillon.master.store.operations.OperationState;
import io.carillon.master.store.schedules.Schedules.Phase;
import io.carillon.v1.Destination;
import io.carillon.v1.Node;
import io.carillon.v1.Operation;
import io.carillon.v1.Schedule;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Kinds and states are stored under the numbers that the API has for them. */
class StoredCodesTest {

  private static <E extends Enum<E>> Map<Integer, String> codes(
      Iterable<E> values, ToIntFunction<E> code) {
    Map<Integer, String> codes = new TreeMap<>();
    values.forEach(value -> codes.put(code.applyAsInt(value), value.name()));
    return codes;
  }

  /** All but what stands for nothing that is said, or nothing that is known. */
  private static <E extends Enum<E> & ProtocolMessageEnum> Map<Integer, String> numbers(
      E[] values) {
    Map<Integer, String> numbers = new TreeMap<>();
    Arrays.stream(values)
        .filter(value -> !value.name().equals("UNRECOGNIZED") && value.getNumber() != 0)
        .forEach(value -> numbers.put(value.getNumber(), value.name()));
    return numbers;
  }

  @Test
  void kinds_and_states_of_operations_are_those_of_the_api() {
    assertEquals(
        numbers(Operation.Kind.values()),
        codes(EnumSet.allOf(OperationKind.class), OperationKind::code));
    assertEquals(
        numbers(Operation.State.values()),
        codes(EnumSet.allOf(OperationState.class), OperationState::code));
    EnumSet.allOf(OperationKind.class)
        .forEach(kind -> assertEquals(kind, OperationKind.of(kind.code())));
    EnumSet.allOf(OperationState.class)
        .forEach(state -> assertEquals(state, OperationState.of(state.code())));
  }

  @Test
  void kinds_of_destinations_are_those_of_the_api() {
    assertEquals(
        numbers(Destination.Kind.values()),
        codes(EnumSet.allOf(DestinationKind.class), DestinationKind::code));
    EnumSet.allOf(DestinationKind.class)
        .forEach(kind -> assertEquals(kind, DestinationKind.of(kind.code())));
  }

  @Test
  void states_of_nodes_are_those_of_the_api() {
    EnumSet<NodeState> told = EnumSet.complementOf(EnumSet.of(NodeState.FORGOTTEN));
    assertEquals(numbers(Node.State.values()), codes(told, NodeState::code));
    EnumSet.allOf(NodeState.class)
        .forEach(state -> assertEquals(state, NodeState.of(state.code())));
  }

  @Test
  void schedules_are_listed_by_the_states_of_the_api() {
    assertEquals(
        Set.copyOf(numbers(Schedule.State.values()).values()),
        Arrays.stream(Phase.values()).map(Phase::name).collect(Collectors.toSet()));
  }
}
