package io.carillon.master.access;

import io.grpc.MethodDescriptor;

/**
 * What holds of every call of a method.
 *
 * @param maxBytes of a request, as sent and as unpacked
 */
public record Method(
    MethodDescriptor<?, ?> descriptor, Answerer answerer, Role role, Work work, int maxBytes) {

  /** A schedule with its payload, labels and a spec with all exclusions is smaller. */
  static final int USUAL_BYTES = 256 << 10;

  static Method anyMaster(MethodDescriptor<?, ?> descriptor, Role role) {
    return new Method(descriptor, Answerer.ANY_MASTER, role, Work.OTHER, USUAL_BYTES);
  }

  static Method leader(MethodDescriptor<?, ?> descriptor, Role role) {
    return new Method(descriptor, Answerer.LEADER, role, Work.OTHER, USUAL_BYTES);
  }

  Method with(Work other) {
    return new Method(descriptor, answerer, role, other, maxBytes);
  }

  Method upTo(int bytes) {
    return new Method(descriptor, answerer, role, work, bytes);
  }

  public String fullName() {
    return descriptor.getFullMethodName();
  }
}
