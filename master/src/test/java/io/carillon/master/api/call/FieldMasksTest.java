package io.carillon.master.api.call;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.protobuf.Duration;
import com.google.protobuf.FieldMask;
import io.carillon.v1.Destination;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FieldMasksTest {

  private static final List<String> ALLOWED = List.of("display_name", "ack_timeout");
  private static final Destination NAMED = Destination.newBuilder().setDisplayName("x").build();

  private static FieldMask mask(String... paths) {
    return FieldMask.newBuilder().addAllPaths(List.of(paths)).build();
  }

  @Test
  void anEmptyMaskMeansTheFieldsThatAreSet() {
    assertEquals(Set.of("display_name"), FieldMasks.paths(mask(), NAMED, ALLOWED));
    assertEquals(
        Set.of("ack_timeout"),
        FieldMasks.paths(
            mask(),
            Destination.newBuilder().setAckTimeout(Duration.getDefaultInstance()).build(),
            ALLOWED));
  }

  @Test
  void aStarMeansAllThatMayChange() {
    assertEquals(
        Set.of("display_name", "ack_timeout"), FieldMasks.paths(mask("*"), NAMED, ALLOWED));
  }

  @Test
  void aNamedFieldIsTakenEvenIfItIsNotSet() {
    assertEquals(Set.of("ack_timeout"), FieldMasks.paths(mask("ack_timeout"), NAMED, ALLOWED));
  }

  @Test
  void anythingElseIsRefusedAndTheMaskIsNamed() {
    for (String path : List.of("uid", "nonsense", "ack_timeout.seconds", "")) {
      ApiException refused =
          assertThrows(
              ApiException.class,
              () -> FieldMasks.paths(mask("display_name", path), NAMED, ALLOWED));
      assertEquals("UNKNOWN_FIELD", refused.reason());
      assertEquals("update_mask", refused.getMessage().substring(0, 11));
    }
  }
}
