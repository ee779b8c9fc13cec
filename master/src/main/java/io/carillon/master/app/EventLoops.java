package io.carillon.master.app;

import io.carillon.master.loop.Threads;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.channel.EventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.IoHandlerFactory;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.epoll.Epoll;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollIoHandler;
import io.grpc.netty.shaded.io.netty.channel.epoll.EpollServerSocketChannel;
import io.grpc.netty.shaded.io.netty.channel.nio.NioIoHandler;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioServerSocketChannel;
import java.util.concurrent.TimeUnit;

/** The threads that read from and write to the connections of one port, and of no other. */
final class EventLoops {

  private static final int QUIET_MILLIS = 0;
  private static final int STOP_MILLIS = 1_000;

  private final EventLoopGroup group;

  EventLoops(String name, int threads) {
    IoHandlerFactory io =
        Epoll.isAvailable() ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
    group = new MultiThreadIoEventLoopGroup(threads, Threads.numbered(name), io);
  }

  NettyServerBuilder serve(NettyServerBuilder server) {
    return server
        .channelType(
            Epoll.isAvailable() ? EpollServerSocketChannel.class : NioServerSocketChannel.class)
        .bossEventLoopGroup(group)
        .workerEventLoopGroup(group);
  }

  /** Once the port has stopped. */
  void stop() {
    var unused = group.shutdownGracefully(QUIET_MILLIS, STOP_MILLIS, TimeUnit.MILLISECONDS);
  }
}
