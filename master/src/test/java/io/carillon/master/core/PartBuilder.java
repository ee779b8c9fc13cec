package io.carillon.master.core;

import io.carillon.common.fire.SkipReason;
import io.carillon.master.core.PushedPart.SkippedRun;
import java.util.ArrayList;
import java.util.List;

/** What a node says of one partition, put together by a test: right at first, then bent. */
final class PartBuilder {

  private final int partition;
  private long epoch;
  private long previous;
  private long next;
  private long previousApplied;
  private long applied;
  private boolean last;
  private final List<long[]> events = new ArrayList<>();
  private final List<SkippedRun> skipped = new ArrayList<>();

  PartBuilder(int partition, long epoch, long previous, long next, long applied) {
    this.partition = partition;
    this.epoch = epoch;
    this.previous = previous;
    this.next = next;
    this.previousApplied = applied;
    this.applied = applied;
  }

  PartBuilder epoch(long value) {
    epoch = value;
    return this;
  }

  PartBuilder previous(long value) {
    previous = value;
    return this;
  }

  PartBuilder previousApplied(long value) {
    previousApplied = value;
    return this;
  }

  PartBuilder upTo(long value) {
    next = value;
    return this;
  }

  PartBuilder applied(long value) {
    applied = value;
    return this;
  }

  PartBuilder last() {
    last = true;
    return this;
  }

  PartBuilder event(long schedule, long version, long due) {
    events.add(new long[] {schedule, due, version});
    return this;
  }

  PartBuilder event(Revision revision, long due) {
    return event(revision.schedule(), revision.version(), due);
  }

  /** Every time of the revision in (after, upTo]. */
  PartBuilder events(Revision revision, long after, long upTo) {
    for (long t = revision.times().nextAfter(after); t <= upTo; t = revision.times().nextAfter(t)) {
      event(revision, t);
    }
    return this;
  }

  PartBuilder skip(Revision revision, long first, long lastNominal, long count) {
    return skip(revision, first, lastNominal, count, SkipReason.CATCHUP_WINDOW);
  }

  PartBuilder skip(Revision revision, long first, long lastNominal, long count, SkipReason reason) {
    skipped.add(
        new SkippedRun(revision.schedule(), revision.version(), first, lastNominal, count, reason));
    return this;
  }

  PushedPart build() {
    return new PushedPart(
        partition,
        epoch,
        previous,
        previousApplied,
        next,
        applied,
        column(0),
        column(1),
        column(2),
        List.copyOf(skipped),
        last);
  }

  private long[] column(int index) {
    return events.stream().mapToLong(event -> event[index]).toArray();
  }
}
