package io.carillon.master.app;

import com.google.common.net.HostAndPort;
import io.carillon.master.instruments.Instruments;
import io.grpc.ServerCallExecutorSupplier;
import io.grpc.ServerServiceDefinition;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;

/**
 * Both ports of a master, for clients and for clock nodes, and what is offered on them: the
 * services of a leader or those of a follower, as the election has it. Safe for use from any
 * thread.
 */
final class MasterPorts {

  private final MasterConfig config;
  private final GrpcPort api;
  private final GrpcPort nodes;
  private final EarlyNodes early;

  /** The epoch under which this master leads at this moment; 0: it does not. */
  private final LongSupplier epoch;

  /** Before anything is offered. */
  private FollowerServices following;

  /** Whether it is known who leads, if this master does not. */
  private volatile boolean knowsLeader;

  /**
   * Listens, and offers nothing yet.
   *
   * @throws IOException if a port cannot be listened on
   */
  MasterPorts(MasterConfig config, Executor executor, Instruments instruments, LongSupplier epoch)
      throws IOException {
    this.config = config;
    this.epoch = epoch;
    this.early = new EarlyNodes(executor);
    ServerCallExecutorSupplier ofNodes = GrpcPort.allOn(executor);
    nodes =
        new GrpcPort(
            resolved(config.listen().nodeListen()),
            GrpcPort.Kind.nodes(),
            new ServiceSwitch(),
            ofNodes,
            instruments);
    try {
      api =
          new GrpcPort(
              resolved(config.listen().listen()),
              GrpcPort.Kind.api(),
              new ServiceSwitch(),
              new CallThreads(),
              instruments);
    } catch (IOException e) {
      nodes.stop(0);
      throw e;
    }
  }

  private static InetSocketAddress resolved(HostAndPort address) throws IOException {
    InetSocketAddress resolved = new InetSocketAddress(address.getHost(), address.getPort());
    if (resolved.isUnresolved()) {
      throw new IOException("cannot listen on " + address + ": no such host");
    }
    return resolved;
  }

  EarlyNodes early() {
    return early;
  }

  /** What is offered from now on while this master follows. */
  void follow(FollowerServices services) {
    following = services;
    follow();
  }

  /** Offers what a follower does, if this master does not lead. */
  synchronized void follow() {
    if (epoch.getAsLong() == 0) {
      early.follow();
      api.offer(following.api(), knowsLeader);
      nodes.offer(following.nodes(), knowsLeader);
    }
  }

  /**
   * Serves clock nodes as the leader of this epoch, if this master still is.
   *
   * @return whether it is
   */
  synchronized boolean leadNodes(long ofEpoch, List<ServerServiceDefinition> services) {
    if (epoch.getAsLong() != ofEpoch) {
      return false;
    }
    nodes.offer(services, true);
    early.take(services);
    return true;
  }

  /** The same for clients. */
  synchronized boolean leadClients(long ofEpoch, List<ServerServiceDefinition> services) {
    if (epoch.getAsLong() != ofEpoch) {
      return false;
    }
    api.offer(services, true);
    return true;
  }

  /**
   * The leader of this epoch serves clients as a follower does: it is about to give up the lead.
   */
  synchronized void leaveClients(long ofEpoch) {
    if (epoch.getAsLong() == ofEpoch) {
      api.offer(following.api(), true);
    }
  }

  /** The same for nodes. */
  synchronized void leaveNodes(long ofEpoch) {
    if (epoch.getAsLong() == ofEpoch) {
      early.follow();
      nodes.offer(following.nodes(), true);
    }
  }

  void knowsLeader(boolean known) {
    knowsLeader = known;
    // A leader's writes tell of themselves.
    if (epoch.getAsLong() == 0) {
      serving(known);
    }
  }

  /** Sets the health of both. */
  void serving(boolean serving) {
    api.serving(serving);
    nodes.serving(serving);
  }

  /** Not serving from now on, whatever is said later. */
  void leave() {
    api.leave();
    nodes.leave();
  }

  int apiPort() {
    return api.port();
  }

  int nodePort() {
    return nodes.port();
  }

  /** Where others reach the API. */
  String apiAddress() throws IOException {
    return api.reached(config.listen().advertise());
  }

  /** Where clock nodes reach theirs. */
  String nodeAddress() throws IOException {
    return nodes.reached(config.listen().nodeAdvertise());
  }

  /** Where this process reaches the port for clock nodes. */
  String nodesFromHere() {
    return nodes.fromHere();
  }

  /** Takes no new calls, and ends those that are not done in time. */
  void stop() {
    api.stop(1);
    nodes.stop(1);
  }

  @Override
  public String toString() {
    return "API on " + api + ", nodes on " + nodes;
  }
}
