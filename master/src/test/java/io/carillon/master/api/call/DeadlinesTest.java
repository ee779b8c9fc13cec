package io.carillon.master.api.call;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

class DeadlinesTest {

  private final Deadlines deadlines = new Deadlines(20, Runnable::run);

  private static void endsByItself(CompletableFuture<?> future) {
    ExecutionException end =
        assertThrows(ExecutionException.class, () -> future.get(20, TimeUnit.SECONDS));
    assertInstanceOf(TimeoutException.class, end.getCause());
  }

  @Test
  void what_nobody_ends_ends_by_itself_also_after_a_time_without_anything() {
    endsByItself(deadlines.limit(new CompletableFuture<>()));
    endsByItself(deadlines.limit(new CompletableFuture<>()));
  }

  @Test
  void what_is_done_stays_as_it_is_and_holds_up_nobody() {
    CompletableFuture<String> done = deadlines.limit(new CompletableFuture<>());
    done.complete("done");
    CompletableFuture<String> before = deadlines.limit(CompletableFuture.completedFuture("before"));
    endsByItself(deadlines.limit(new CompletableFuture<>()));
    assertEquals("done", done.join());
    assertEquals("before", before.join());
  }
}
