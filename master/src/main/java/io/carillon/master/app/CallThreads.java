package io.carillon.master.app;

import io.carillon.v1.ClusterServiceGrpc;
import io.carillon.v1.DeliveryServiceGrpc;
import io.carillon.v1.FireServiceGrpc;
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
 * Which threads carry out the calls of the port for clients. Few for each kind, so that whatever is
 * asked for, and however often, what is due finds a processor:
 *
 * <ul>
 *   <li>Creations of one schedule come by the thousand and hand their work on after some
 *       microseconds: waking a thread for each would cost more than what it does.
 *   <li>Some reads compute for long, and never wait for anything else.
 *   <li>Large requests take long to read and wait for long.
 *   <li>What consumers acknowledge waits for nothing, and must not wait for what does.
 *   <li>What operators ask must be answered when all else waits for PostgreSQL.
 *   <li>Most calls wait for PostgreSQL, and each has a thread while it does.
 * </ul>
 */
final class CallThreads implements ServerCallExecutorSupplier {

  private static final int CREATING = 2;
  private static final int LARGE = 8;
  private static final int OPERATING = 4;
  private static final int DELIVERING = 16;
  private static final int OTHERS = 32;
  private static final int KEEP_SECONDS = 10;

  private static final String CREATE =
      ScheduleServiceGrpc.getCreateScheduleMethod().getFullMethodName();
  private static final String OPERATORS = ClusterServiceGrpc.SERVICE_NAME + "/";
  private static final String DELIVERY = DeliveryServiceGrpc.SERVICE_NAME + "/";

  private static final Set<String> COSTLY =
      Set.of(
          ScheduleServiceGrpc.getPreviewScheduleMethod().getFullMethodName(),
          FireServiceGrpc.getExplainFireMethod().getFullMethodName());

  private final Executor creating = threads("carillon-create", CREATING);
  private final Executor costly =
      threads("carillon-read", Math.max(1, Runtime.getRuntime().availableProcessors() / 2));
  private final Executor large = threads("carillon-large", LARGE);
  private final Executor operating = threads("carillon-operate", OPERATING);
  private final Executor delivering = threads("carillon-deliver", DELIVERING);
  private final Executor others = threads("carillon-call", OTHERS);

  /** What waits for a thread is bounded by how many calls may be open. */
  private static Executor threads(String name, int count) {
    ThreadPoolExecutor threads =
        new ThreadPoolExecutor(
            count,
            count,
            KEEP_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            task -> {
              Thread thread = new Thread(task, name);
              thread.setDaemon(true);
              return thread;
            });
    threads.allowCoreThreadTimeOut(true);
    return threads;
  }

  @Override
  public <Q, R> Executor getExecutor(ServerCall<Q, R> call, Metadata headers) {
    return of(call.getMethodDescriptor().getFullMethodName());
  }

  /** For the calls of a method. */
  Executor of(String fullMethodName) {
    if (fullMethodName.equals(CREATE)) {
      return creating;
    }
    if (COSTLY.contains(fullMethodName)) {
      return costly;
    }
    if (MessageLimits.isLarge(fullMethodName)) {
      return large;
    }
    if (fullMethodName.startsWith(DELIVERY)) {
      return delivering;
    }
    return fullMethodName.startsWith(OPERATORS) ? operating : others;
  }
}
