package io.carillon.clocknode.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carillon.common.schedule.CatchUp;
import io.carillon.common.schedule.Occurrences;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TimerQueueTest {

  private static final CatchUp HOUR = CatchUp.all(3_600_000_000L);
  private static final Occurrences RULE = new Every(7, Occurrences.NEVER);

  private record Row(long due, long schedule, long version, long validTo) {}

  private static PriorityQueue<Row> model() {
    return new PriorityQueue<>(Comparator.comparingLong(Row::due).thenComparingLong(Row::schedule));
  }

  private static void assertSameFirst(PriorityQueue<Row> model, TimerQueue queue, String seed) {
    assertEquals(model.size(), queue.size(), seed);
    Row first = model.peek();
    assertEquals(first == null ? Occurrences.NEVER : first.due(), queue.firstDue(), seed);
    if (first != null) {
      assertEquals(first.schedule(), queue.firstSchedule(), seed);
      assertEquals(first.version(), queue.firstVersion(), seed);
      assertEquals(first.validTo(), queue.firstValidTo(), seed);
    }
  }

  private static void advanceBoth(PriorityQueue<Row> model, TimerQueue queue, long next) {
    Row first = model.poll();
    if (next <= first.validTo()) {
      model.add(new Row(next, first.schedule(), first.version(), first.validTo()));
    }
    queue.advanceFirst(next);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void givesTheOrderOfAPriorityQueueThroughInsertsAdvancesAndCloses(long number) {
    String seed = "seed " + number;
    SplittableRandom random = new SplittableRandom(number);
    TimerQueue queue = new TimerQueue();
    PriorityQueue<Row> model = model();
    List<Row> bulk = new ArrayList<>();
    long schedule = 0;
    for (int i = 0; i < random.nextInt(2000); i++) {
      bulk.add(new Row(random.nextLong(500), schedule++, 1, 200 + random.nextLong(2000)));
    }
    for (Row row : bulk) {
      queue.append(row.schedule(), row.version(), row.validTo(), HOUR, RULE, row.due());
    }
    model.addAll(bulk);
    queue.order();
    for (int step = 0; step < 5000; step++) {
      int choice = random.nextInt(10);
      if (choice < 3 || model.isEmpty()) {
        long due = random.nextLong(2000);
        Row row = new Row(due, schedule++, random.nextLong(5), due + random.nextLong(1000));
        model.add(row);
        queue.insert(row.schedule(), row.version(), row.validTo(), HOUR, RULE, row.due());
      } else if (choice < 7) {
        advanceBoth(model, queue, model.peek().due() + 1 + random.nextLong(300));
      } else {
        List<Row> rows = new ArrayList<>(model);
        Row row = rows.get(random.nextInt(rows.size()));
        long validTo = row.due() - 100 + random.nextLong(300);
        model.remove(row);
        if (row.due() <= Math.min(validTo, row.validTo())) {
          model.add(
              new Row(row.due(), row.schedule(), row.version(), Math.min(validTo, row.validTo())));
        }
        queue.close(row.schedule(), row.version(), validTo);
      }
      assertSameFirst(model, queue, seed + " step " + step);
    }
    while (!model.isEmpty()) {
      advanceBoth(model, queue, Occurrences.NEVER);
      assertSameFirst(model, queue, seed);
    }
  }

  @Test
  void twoRevisionsOfAScheduleAreToldApart() {
    TimerQueue queue = new TimerQueue();
    queue.insert(5, 1, 100, HOUR, RULE, 70);
    queue.insert(5, 2, Long.MAX_VALUE, HOUR, RULE, 140);
    queue.close(5, 1, 60);
    assertEquals(1, queue.size());
    assertEquals(2, queue.firstVersion());
  }

  @Test
  void aRevisionThatIsKnownIsNotAddedAgain() {
    TimerQueue queue = new TimerQueue();
    queue.insert(5, 1, 100, HOUR, RULE, 70);
    queue.insert(5, 1, 100, HOUR, RULE, 77);
    assertEquals(1, queue.size());
    assertEquals(70, queue.firstDue());
  }

  @Test
  void passingOverMovesWhatIsEmittedAndLetsGoWhatThenOwesNothing() {
    TimerQueue queue = new TimerQueue();
    queue.append(1, 1, Long.MAX_VALUE, HOUR, RULE, 7);
    queue.append(2, 1, 20, HOUR, RULE, 14);
    queue.append(3, 9, Long.MAX_VALUE, HOUR, RULE, 7);
    queue.passOver(20, 5);
    queue.order();
    assertEquals(2, queue.size());
    assertEquals(3, queue.firstSchedule());
    queue.advanceFirst(Occurrences.NEVER);
    assertEquals(1, queue.firstSchedule());
    assertEquals(21, queue.firstDue());
  }

  @Test
  void aMillionSchedulesTakeAtMostAHundredBytesEachAndLoadInSeconds() {
    long begun = System.nanoTime();
    TimerQueue queue = new TimerQueue();
    SplittableRandom random = new SplittableRandom(1);
    for (long schedule = 0; schedule < 1_000_000; schedule++) {
      queue.append(schedule * 977, schedule, Long.MAX_VALUE, HOUR, RULE, random.nextLong());
    }
    long before = queue.bytes();
    queue.order();
    long millis = (System.nanoTime() - begun) / 1_000_000;
    System.out.printf(
        "1 000 000 timers: %d ms, %d bytes each (%d while loading)%n",
        millis, queue.bytes() / queue.size(), before / queue.size());
    assertTrue(queue.bytes() <= 100L * queue.size(), queue.bytes() + " bytes");
    assertTrue(millis < 3000, millis + " ms");
  }
}
