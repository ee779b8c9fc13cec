package io.carillon.master.app;

import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.MethodDescriptorProto;
import com.google.protobuf.DescriptorProtos.ServiceDescriptorProto;
import com.google.protobuf.InvalidProtocolBufferException;
import io.grpc.Channel;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.reflection.v1.ServiceResponse;
import io.grpc.stub.StreamObserver;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** What a port offers, as reflection tells it. */
final class OfferedServices {

  private OfferedServices() {}

  /** The project's own services. */
  static Set<String> at(Channel channel) {
    Set<String> names = new TreeSet<>();
    ServerReflectionResponse response =
        ask(channel, ServerReflectionRequest.newBuilder().setListServices("").build());
    for (ServiceResponse service : response.getListServicesResponse().getServiceList()) {
      if (service.getName().startsWith("carillon.")) {
        names.add(service.getName());
      }
    }
    return names;
  }

  /** The methods of those. */
  static Set<String> methodsAt(Channel channel) {
    Set<String> methods = new TreeSet<>();
    for (String service : at(channel)) {
      ServerReflectionResponse response =
          ask(
              channel,
              ServerReflectionRequest.newBuilder().setFileContainingSymbol(service).build());
      try {
        FileDescriptorProto file =
            FileDescriptorProto.parseFrom(
                response.getFileDescriptorResponse().getFileDescriptorProto(0));
        for (ServiceDescriptorProto declared : file.getServiceList()) {
          for (MethodDescriptorProto method : declared.getMethodList()) {
            methods.add(file.getPackage() + "." + declared.getName() + "/" + method.getName());
          }
        }
      } catch (InvalidProtocolBufferException e) {
        throw new AssertionError(e);
      }
    }
    return methods;
  }

  private static ServerReflectionResponse ask(Channel channel, ServerReflectionRequest request) {
    CompletableFuture<ServerReflectionResponse> answer = new CompletableFuture<>();
    StreamObserver<ServerReflectionRequest> call =
        ServerReflectionGrpc.newStub(channel)
            .serverReflectionInfo(
                new StreamObserver<>() {
                  @Override
                  public void onNext(ServerReflectionResponse response) {
                    answer.complete(response);
                  }

                  @Override
                  public void onError(Throwable failure) {
                    answer.completeExceptionally(failure);
                  }

                  @Override
                  public void onCompleted() {}
                });
    call.onNext(request);
    try {
      return answer.get(30, TimeUnit.SECONDS);
    } catch (InterruptedException
        | java.util.concurrent.ExecutionException
        | java.util.concurrent.TimeoutException e) {
      throw new AssertionError(e);
    } finally {
      call.onCompleted();
    }
  }
}
