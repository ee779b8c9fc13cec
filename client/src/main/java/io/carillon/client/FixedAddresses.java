package io.carillon.client;

import io.grpc.EquivalentAddressGroup;
import io.grpc.NameResolver;
import io.grpc.NameResolverProvider;
import io.grpc.Status;
import io.grpc.StatusOr;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Executor;

/**
 * Resolves {@code carillon:///host:port,host:port}: a list of masters that stand for each other,
 * tried in the order given. gRPC's own resolvers take one host each.
 */
final class FixedAddresses extends NameResolverProvider {

  static final String SCHEME = "carillon";
  static final int DEFAULT_PORT = 7400;

  /** An address as it was given, not looked up yet. */
  record HostPort(String host, int port) {}

  static HostPort parse(String address) {
    try {
      URI uri = new URI("tcp://" + address.trim());
      if (uri.getHost() == null
          || uri.getUserInfo() != null
          || !uri.getPath().isEmpty()
          || uri.getPort() > 65535) {
        throw new IllegalArgumentException("not a host:port: \"" + address + "\"");
      }
      return new HostPort(uri.getHost(), uri.getPort() < 0 ? DEFAULT_PORT : uri.getPort());
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException("not a host:port: \"" + address + "\"", e);
    }
  }

  @Override
  protected boolean isAvailable() {
    return true;
  }

  @Override
  protected int priority() {
    return 5;
  }

  @Override
  public String getDefaultScheme() {
    return SCHEME;
  }

  @Override
  public Collection<Class<? extends SocketAddress>> getProducedSocketAddressTypes() {
    return List.of(InetSocketAddress.class);
  }

  @Override
  public NameResolver newNameResolver(URI target, NameResolver.Args args) {
    List<HostPort> addresses = new ArrayList<>();
    for (String address : target.getPath().substring(1).split(",")) {
      addresses.add(parse(address));
    }
    return new Lookup(addresses, args.getOffloadExecutor());
  }

  private static final class Lookup extends NameResolver {

    private final List<HostPort> addresses;
    private final Executor executor;
    private Listener2 listener;

    Lookup(List<HostPort> addresses, Executor executor) {
      this.addresses = addresses;
      this.executor = executor == null ? Runnable::run : executor;
    }

    @Override
    public String getServiceAuthority() {
      HostPort first = addresses.get(0);
      return first.host() + ":" + first.port();
    }

    @Override
    public void start(Listener2 listener) {
      this.listener = listener;
      refresh();
    }

    @Override
    public void refresh() {
      executor.execute(this::lookUp);
    }

    private void lookUp() {
      List<EquivalentAddressGroup> found = new ArrayList<>();
      String unknown = "";
      for (HostPort address : addresses) {
        try {
          for (InetAddress ip : InetAddress.getAllByName(address.host())) {
            found.add(new EquivalentAddressGroup(new InetSocketAddress(ip, address.port())));
          }
        } catch (UnknownHostException e) {
          unknown = address.host();
        }
      }
      // One unknown host among several is no reason not to use the others.
      StatusOr<List<EquivalentAddressGroup>> answer =
          found.isEmpty()
              ? StatusOr.fromStatus(Status.UNAVAILABLE.withDescription("unknown host " + unknown))
              : StatusOr.fromValue(found);
      listener.onResult(ResolutionResult.newBuilder().setAddressesOrError(answer).build());
    }

    @Override
    public void shutdown() {}
  }
}
