package io.carillon.master.api.delivery;

import com.google.rpc.Code;
import io.carillon.master.api.call.ApiException;
import io.carillon.master.core.delivery.DestinationKind;
import io.carillon.master.delivery.DeliveryHub;
import io.carillon.master.store.delivery.Destinations;
import io.carillon.master.store.delivery.StoredDestination;
import io.carillon.v1.DeliveryServiceGrpc;
import io.carillon.v1.SubscribeRequest;
import io.carillon.v1.SubscribeResponse;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.Map;

/** Subscribe: checks what comes in and hands it to the {@link DeliveryHub}. */
public final class DeliveryRpc extends DeliveryServiceGrpc.DeliveryServiceImplBase {

  private final Destinations destinations;
  private final DeliveryHub hub;

  public DeliveryRpc(Destinations destinations, DeliveryHub hub) {
    this.destinations = destinations;
    this.hub = hub;
  }

  @Override
  public StreamObserver<SubscribeRequest> subscribe(StreamObserver<SubscribeResponse> responses) {
    ServerCallStreamObserver<SubscribeResponse> call =
        (ServerCallStreamObserver<SubscribeResponse>) responses;
    // One request at a time: the next is read once this one has been carried out, so a client that
    // sends faster than that is held up by the transport.
    call.disableAutoRequest();
    SubscribeCall stream = new SubscribeCall(call, hub, this::destination);
    call.setOnReadyHandler(stream::onReady);
    call.setOnCancelHandler(stream::onCancelled);
    call.request(1);
    return stream;
  }

  /** Number of the destination of a name; blocks. */
  private int destination(String name) {
    List<String> ids = DestinationReads.names("start.destination", name);
    StoredDestination found = DestinationReads.find(destinations, ids, name);
    if (found.kind() != DestinationKind.STREAM) {
      throw ApiException.of(
          Code.FAILED_PRECONDITION,
          "DESTINATION_NOT_STREAM",
          name + " is not of kind STREAM: its fires go elsewhere, and nobody can subscribe to it",
          Map.of("name", name));
    }
    return found.num();
  }
}
