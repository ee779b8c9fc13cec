package io.carillon.master.api.delivery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.protobuf.Duration;
import com.google.protobuf.FieldMask;
import io.carillon.master.api.call.Refusals;
import io.carillon.master.api.delivery.TestSubscriber.Habit;
import io.carillon.v1.CreateDestinationRequest;
import io.carillon.v1.DeleteDestinationRequest;
import io.carillon.v1.Destination;
import io.carillon.v1.DestinationServiceGrpc.DestinationServiceBlockingStub;
import io.carillon.v1.GetDestinationRequest;
import io.carillon.v1.ListDestinationsRequest;
import io.carillon.v1.ListDestinationsResponse;
import io.carillon.v1.UpdateDestinationRequest;
import io.grpc.StatusRuntimeException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class DestinationServiceTest {

  private static final String NAME = "tenants/default/destinations/a";

  private DeliveryRig rig;
  private DestinationServiceBlockingStub stub;

  @BeforeEach
  void start() {
    rig = new DeliveryRig();
    stub = rig.destinations();
  }

  @AfterEach
  void stop() {
    rig.close();
  }

  private static CreateDestinationRequest.Builder create(String id) {
    return CreateDestinationRequest.newBuilder()
        .setParent("tenants/default")
        .setDestinationId(id)
        .setDestination(Destination.newBuilder().setKind(Destination.Kind.STREAM));
  }

  private static CreateDestinationRequest with(Destination.Builder destination) {
    return create("a").setDestination(destination.setKind(Destination.Kind.STREAM)).build();
  }

  private Destination get(String name) {
    return stub.getDestination(GetDestinationRequest.newBuilder().setName(name).build());
  }

  private static String refusal(Executable call) {
    return Refusals.of(assertThrows(StatusRuntimeException.class, call));
  }

  private static Duration millis(long millis) {
    return Duration.newBuilder()
        .setSeconds(millis / 1000)
        .setNanos((int) (millis % 1000) * 1_000_000)
        .build();
  }

  @Test
  void aNewOneHasDefaultsAndIsReadBackAsItWasAnswered() {
    Destination made = stub.createDestination(create("a").build());
    assertEquals(NAME, made.getName());
    assertEquals(millis(30_000), made.getAckTimeout());
    assertEquals(100, made.getMaxAttempts());
    assertEquals(made, get(NAME));
  }

  @Test
  void aNewOneGetsWhatIsRecordedAfterItAndNotBefore() {
    rig.commit(5, DeliveryRig.DEFAULT);
    assertEquals(5, stub.createDestination(create("a").build()).getStatus().getCursor());
  }

  @Test
  void anUpdateChangesWhatTheMaskNamesAndTheEtag() {
    Destination made = stub.createDestination(create("a").build());
    Destination changed =
        stub.updateDestination(
            UpdateDestinationRequest.newBuilder()
                .setDestination(made.toBuilder().setMaxAttempts(7).setDisplayName("x"))
                .setUpdateMask(FieldMask.newBuilder().addPaths("max_attempts"))
                .build());
    assertEquals(7, changed.getMaxAttempts());
    assertEquals("", changed.getDisplayName());
    assertNotEquals(made.getEtag(), changed.getEtag());
    assertEquals(
        "ABORTED ETAG_MISMATCH",
        refusal(
            () ->
                stub.updateDestination(
                    UpdateDestinationRequest.newBuilder().setDestination(made).build())));
    assertEquals(changed, get(NAME));
  }

  @Test
  void aChangeReachesTheStreamsThatAreOpen() {
    Destination made = stub.createDestination(create("a").build());
    int num = rig.destination("a");
    TestSubscriber silent = TestSubscriber.on(rig.delivery(), "a", Habit.SILENT, 100);
    DeliveryRig.await("open", () -> silent.open);
    var unused =
        stub.updateDestination(
            UpdateDestinationRequest.newBuilder()
                .setDestination(made.toBuilder().setMaxAttempts(2).setAckTimeout(millis(100)))
                .build());
    rig.commit(1, num);
    DeliveryRig.await("dead after two", () -> rig.count("parked_fire", "dead") == 1);
    assertEquals(2, silent.received.get());
  }

  @Test
  void listsGoByIdAndPageByPage() {
    for (String id : List.of("b", "a", "c")) {
      var unused = stub.createDestination(create(id).build());
    }
    List<String> names = new ArrayList<>();
    String token = "";
    do {
      ListDestinationsResponse page =
          stub.listDestinations(
              ListDestinationsRequest.newBuilder()
                  .setParent("tenants/default")
                  .setPageSize(3)
                  .setPageToken(token)
                  .build());
      page.getDestinationsList().forEach(destination -> names.add(destination.getName()));
      token = page.getNextPageToken();
    } while (!token.isEmpty());
    String prefix = "tenants/default/destinations/";
    assertEquals(List.of(prefix + "a", prefix + "b", prefix + "c", prefix + "default"), names);
  }

  @Test
  void oneInUseIsNotDeletedAndADeletedOneEndsItsStreamsAndFreesItsName() {
    assertEquals(
        "FAILED_PRECONDITION DESTINATION_IN_USE",
        refusal(() -> delete("tenants/default/destinations/default", "")));
    Destination made = stub.createDestination(create("a").build());
    TestSubscriber subscriber = TestSubscriber.on(rig.delivery(), "a", Habit.ACK, 100);
    DeliveryRig.await("open", () -> subscriber.open);
    assertEquals("ABORTED ETAG_MISMATCH", refusal(() -> delete(NAME, "77")));
    delete(NAME, made.getEtag());
    DeliveryRig.await("ended", () -> subscriber.failure.get() != null);
    assertEquals("NOT_FOUND DESTINATION_NOT_FOUND", Refusals.of(subscriber.failure.get()));
    assertEquals("NOT_FOUND DESTINATION_NOT_FOUND", refusal(() -> get(NAME)));
    assertEquals("NOT_FOUND DESTINATION_NOT_FOUND", refusal(() -> delete(NAME, "")));
    assertNotEquals(made.getUid(), stub.createDestination(create("a").build()).getUid());
  }

  private void delete(String name, String etag) {
    var unused =
        stub.deleteDestination(
            DeleteDestinationRequest.newBuilder().setName(name).setEtag(etag).build());
  }

  private String createRefusal(CreateDestinationRequest.Builder request) {
    return refusal(() -> stub.createDestination(request.build()));
  }

  @Test
  void whatIsWrongWithARequestIsNamedAndNothingIsStored() {
    String bad = "INVALID_ARGUMENT ";
    assertEquals(bad + "FIELD_REQUIRED parent", createRefusal(create("a").setParent("")));
    assertEquals(bad + "FIELD_MALFORMED parent", createRefusal(create("a").setParent("x")));
    assertEquals("NOT_FOUND TENANT_NOT_FOUND", createRefusal(create("a").setParent("tenants/x")));
    assertEquals(bad + "FIELD_REQUIRED destination_id", createRefusal(create("")));
    assertEquals(bad + "FIELD_MALFORMED destination_id", createRefusal(create("A_b")));
    assertEquals(bad + "FIELD_REQUIRED destination", createRefusal(create("a").clearDestination()));
    assertEquals(
        bad + "FIELD_REQUIRED destination.kind",
        createRefusal(create("a").setDestination(Destination.newBuilder().setMaxAttempts(1))));
    assertEquals(
        bad + "FIELD_OUT_OF_RANGE destination.kind",
        createRefusal(create("a").setDestination(Destination.newBuilder().setKindValue(7))));
    for (Duration timeout :
        List.of(
            millis(99),
            millis(12 * 3_600_000 + 1),
            Duration.newBuilder().setSeconds(Long.MAX_VALUE).build())) {
      assertEquals(
          bad + "FIELD_OUT_OF_RANGE destination.ack_timeout",
          refusal(
              () -> stub.createDestination(with(Destination.newBuilder().setAckTimeout(timeout)))));
    }
    for (int attempts : new int[] {-1, 1_000_001}) {
      assertEquals(
          bad + "FIELD_OUT_OF_RANGE destination.max_attempts",
          refusal(
              () ->
                  stub.createDestination(with(Destination.newBuilder().setMaxAttempts(attempts)))));
    }
    assertEquals(
        bad + "FIELD_OUT_OF_RANGE destination.display_name",
        refusal(
            () ->
                stub.createDestination(
                    with(Destination.newBuilder().setDisplayName("x".repeat(201))))));
    assertEquals("ALREADY_EXISTS DESTINATION_EXISTS", createRefusal(create("default")));
    assertEquals(
        bad + "UNKNOWN_FIELD update_mask",
        refusal(
            () ->
                stub.updateDestination(
                    UpdateDestinationRequest.newBuilder()
                        .setDestination(
                            Destination.newBuilder()
                                .setName("tenants/default/destinations/default"))
                        .setUpdateMask(FieldMask.newBuilder().addPaths("kind"))
                        .build())));
    assertEquals(
        bad + "PAGE_TOKEN_INVALID page_token",
        refusal(
            () ->
                stub.listDestinations(
                    ListDestinationsRequest.newBuilder()
                        .setParent("tenants/default")
                        .setPageToken("abc")
                        .build())));
    assertEquals(1, rig.count("destination", "true"));
  }
}
