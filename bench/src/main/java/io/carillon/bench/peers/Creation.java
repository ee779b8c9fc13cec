package io.carillon.bench.peers;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Schedules created by one or more threads, each with its next call when the last has returned.
 *
 * @param created how many, the first of the series
 */
record Creation(int created, double seconds) {

  static Creation run(Peer peer, Order order) throws Exception {
    Series series = order.series();
    AtomicInteger next = new AtomicInteger(series.from());
    int end = series.from() + series.count();
    int step = order.batch() ? Order.BATCH : 1;
    long began = System.nanoTime();
    ExecutorService callers = Executors.newFixedThreadPool(order.threads());
    try {
      List<Future<Integer>> parts = new ArrayList<>();
      for (int i = 0; i < order.threads(); i++) {
        parts.add(
            callers.submit(
                () -> {
                  int created = 0;
                  while ((System.nanoTime() - began) / 1e9 < order.seconds()) {
                    int from = next.getAndAdd(step);
                    if (from >= end) {
                      break;
                    }
                    int to = Math.min(end, from + step);
                    if (order.batch()) {
                      peer.createAll(series, from, to);
                    } else {
                      peer.create(series, from);
                    }
                    created += to - from;
                  }
                  return created;
                }));
      }
      int created = 0;
      for (Future<Integer> part : parts) {
        created += part.get();
      }
      return new Creation(created, (System.nanoTime() - began) / 1e9);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof Exception cause ? cause : e;
    } finally {
      callers.shutdownNow();
    }
  }
}
