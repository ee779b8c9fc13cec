package io.carillon.master.loop;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carillon.master.SystemTime;
import io.carillon.master.core.CoreSettings;
import io.carillon.master.core.MasterCore;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LeaderLoopTest {

  private final LeaderLoop loop =
      new LeaderLoop(new MasterCore(CoreSettings.defaults(), 1, 0), new SystemTime());

  @Test
  void a_step_that_does_not_end_is_seen() throws Exception {
    loop.start(command -> {}, reason -> {});
    CountDownLatch hangs = new CountDownLatch(1);
    CompletableFuture<Void> begun = new CompletableFuture<>();
    loop.submit(
        (core, now) -> {
          begun.complete(null);
          try {
            hangs.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    begun.get(10, TimeUnit.SECONDS);
    long end = System.nanoTime() + 10_000_000_000L;
    while (!loop.standsStill(200_000)) {
      assertTrue(System.nanoTime() < end);
      Thread.sleep(5);
    }
    hangs.countDown();
    loop.ask((core, now) -> now).get(10, TimeUnit.SECONDS);
    assertFalse(loop.standsStill(5_000_000));
    loop.close();
  }

  @Test
  void an_error_in_the_core_is_told() throws Exception {
    CompletableFuture<String> told = new CompletableFuture<>();
    loop.start(command -> {}, told::complete);
    loop.submit(
        (core, now) -> {
          throw new NoClassDefFoundError("injected");
        });
    assertTrue(told.get(10, TimeUnit.SECONDS).contains("injected"));
  }
}
