package io.carillon.transport;

import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.channel.ChannelOption;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.nio.NioIoHandler;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioSocketChannel;
import io.grpc.netty.shaded.io.netty.util.concurrent.DefaultThreadFactory;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Makes every channel between programs of Carillon, so that there is one place that says what
 * protects a connection: nothing does yet, it is plaintext. Needs grpc-netty-shaded, which this
 * module does not bring along.
 */
public final class Channels {

  private static final int CONNECT_MILLIS = 2_000;
  private static final int PING_SECONDS = 10;
  private static final int SILENCE_SECONDS = 3;

  private Channels() {}

  /**
   * To one of these masters, {@code host:port}, which stand for each other and are tried in the
   * order given. A connection is given up that is not made within 2 s, or whose other end is silent
   * for 13 s during a call.
   */
  public static ManagedChannelBuilder<?> to(Collection<String> addresses) {
    return builder(addresses);
  }

  private static NettyChannelBuilder builder(Collection<String> addresses) {
    return NettyChannelBuilder.forTarget(
            Addresses.target(addresses), InsecureChannelCredentials.create())
        .withOption(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_MILLIS)
        .keepAliveTime(PING_SECONDS, TimeUnit.SECONDS)
        .keepAliveTimeout(SILENCE_SECONDS, TimeUnit.SECONDS);
  }

  /**
   * The same, polled by threads of its own, which end with these. Otherwise all channels of the
   * process are polled by the same threads, which end a second after the last of them, and hold up
   * the end of a JVM by 0.3 s if they are there.
   */
  public static ManagedChannelBuilder<?> to(Collection<String> addresses, Poller poller) {
    return builder(addresses).eventLoopGroup(poller.loops).channelType(NioSocketChannel.class);
  }

  /** A thread that polls connections. */
  public static final class Poller implements AutoCloseable {

    private final EventLoopGroup loops =
        new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory("carillon-client-io", true), NioIoHandler.newFactory());

    /** Ends it, soon. */
    @Override
    public void close() {
      var unused = loops.shutdownGracefully(0, 0, TimeUnit.SECONDS);
    }
  }

  /** To this one. */
  public static ManagedChannelBuilder<?> to(String address) {
    return to(List.of(address));
  }
}
