package io.carillon.transport;

import com.google.common.net.HostAndPort;
import com.google.common.net.UrlEscapers;
import io.grpc.EquivalentAddressGroup;
import io.grpc.NameResolver;
import io.grpc.NameResolverProvider;
import io.grpc.NameResolverRegistry;
import io.grpc.Status;
import io.grpc.StatusOr;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.URI;
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

  private static final String SCHEME = "carillon";

  static {
    NameResolverRegistry.getDefaultRegistry().register(new FixedAddresses());
  }

  /** In a path, brackets and the sign before a scope must be escaped. */
  static String target(Collection<String> addresses) {
    return SCHEME
        + ":///"
        + UrlEscapers.urlPathSegmentEscaper().escape(String.join(",", addresses));
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
    List<HostAndPort> addresses = new ArrayList<>();
    for (String address : target.getPath().substring(1).split(",")) {
      addresses.add(Addresses.parse(address));
    }
    return new Lookup(addresses, args.getOffloadExecutor());
  }

  private static final class Lookup extends NameResolver {

    private final List<HostAndPort> addresses;
    private final Executor executor;
    private Listener2 listener;

    Lookup(List<HostAndPort> addresses, Executor executor) {
      this.addresses = addresses;
      this.executor = executor == null ? Runnable::run : executor;
    }

    @Override
    public String getServiceAuthority() {
      return addresses.get(0).toString();
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
      for (HostAndPort address : addresses) {
        try {
          for (InetAddress ip : InetAddress.getAllByName(address.getHost())) {
            found.add(new EquivalentAddressGroup(new InetSocketAddress(ip, address.getPort())));
          }
        } catch (UnknownHostException e) {
          unknown = address.getHost();
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
