package io.carillon.master.app;

import io.carillon.v1.ScheduleServiceGrpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallExecutorSupplier;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Which threads carry out the calls of a port. Most calls may wait, and each has a thread while it
 * does. Creations of one schedule come by the thousand and hand their work on after some
 * microseconds: they queue for two threads of their own, as waking a thread for each would cost
 * more than what it does. What holds these up, a slow look-up say, holds up creations alone.
 */
final class CallThreads implements ServerCallExecutorSupplier {

  private static final int FEW = 2;
  private static final int KEEP_SECONDS = 10;

  private static final Set<String> BRIEF =
      Set.of(ScheduleServiceGrpc.getCreateScheduleMethod().getFullMethodName());

  private final Executor many;
  private final Executor few = few();

  CallThreads(Executor many) {
    this.many = many;
  }

  private static Executor few() {
    ThreadPoolExecutor threads =
        new ThreadPoolExecutor(
            FEW,
            FEW,
            KEEP_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            task -> {
              Thread thread = new Thread(task, "carillon-create");
              thread.setDaemon(true);
              return thread;
            });
    threads.allowCoreThreadTimeOut(true);
    return threads;
  }

  @Override
  public <Q, R> Executor getExecutor(ServerCall<Q, R> call, Metadata headers) {
    return BRIEF.contains(call.getMethodDescriptor().getFullMethodName()) ? few : many;
  }
}
