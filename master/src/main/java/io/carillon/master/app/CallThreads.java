package io.carillon.master.app;

import io.carillon.master.access.Services;
import io.carillon.master.access.Work;
import io.carillon.master.loop.Threads;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallExecutorSupplier;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Which threads carry out the calls of the port for clients: few for each kind of work, so that
 * whatever is asked for, and however often, what is due finds a processor. Creations have two, as
 * waking a thread for each would cost more than what it does.
 */
final class CallThreads implements ServerCallExecutorSupplier {

  private static final int KEEP_SECONDS = 10;

  private final Map<Work, Executor> threads = new EnumMap<>(Work.class);

  CallThreads() {
    for (Work work : Work.values()) {
      threads.put(work, threads(name(work), count(work)));
    }
  }

  private static String name(Work work) {
    return switch (work) {
      case CREATION -> "carillon-create";
      case COMPUTATION -> "carillon-read";
      case BULK -> "carillon-large";
      case OPERATION -> "carillon-operate";
      case DELIVERY -> "carillon-deliver";
      case OTHER -> "carillon-call";
    };
  }

  private static int count(Work work) {
    return switch (work) {
      case CREATION -> 2;
      case COMPUTATION -> Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
      case BULK -> 8;
      case OPERATION -> 4;
      case DELIVERY -> 16;
      case OTHER -> 32;
    };
  }

  /** What waits for a thread is bounded by how many calls may be open. */
  private static Executor threads(String name, int count) {
    ThreadPoolExecutor threads =
        new ThreadPoolExecutor(
            count,
            count,
            KEEP_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            Threads.named(name));
    threads.allowCoreThreadTimeOut(true);
    return threads;
  }

  @Override
  public <Q, R> Executor getExecutor(ServerCall<Q, R> call, Metadata headers) {
    return of(call.getMethodDescriptor().getFullMethodName());
  }

  /** For the calls of a method. */
  Executor of(String fullMethodName) {
    return threads.get(Services.work(fullMethodName));
  }
}
