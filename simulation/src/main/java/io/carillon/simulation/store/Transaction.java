package io.carillon.simulation.store;

import io.carillon.master.core.write.WriteTries.Ending;
import java.util.ArrayList;
import java.util.List;

/**
 * A transaction of the simulated store: takes its locks one after the other, then looks whether it
 * may do its work, and does it as it is committed. Its locks are held until it ends.
 */
public final class Transaction {

  /** A lock that it takes. */
  public record Lock(String key, boolean exclusive) {}

  /** What it does once it has its locks. */
  public interface Body {
    /**
     * Looks whether the work can be done; what is to be done then is handed to {@link
     * Transaction#atCommit}.
     *
     * @return COMMITTED if it can
     */
    Ending check(Transaction transaction);
  }

  /** Where it stands. */
  public enum State {
    WAITING,
    /** It has its locks, and can be committed. */
    READY,
    COMMITTED,
    ABORTED
  }

  final List<Lock> locks;
  final Body body;
  final Runnable onReady;
  int held;
  private final List<Runnable> writes = new ArrayList<>();
  private State state = State.WAITING;
  private Ending ending = Ending.UNKNOWN;
  private String reason = "";

  Transaction(List<Lock> locks, Body body, Runnable onReady) {
    this.locks = locks;
    this.body = body;
    this.onReady = onReady;
  }

  /** Has something done as it is committed. */
  public void atCommit(Runnable write) {
    writes.add(write);
  }

  /** Why it is refused. */
  public Ending refuse(Ending how, String why) {
    reason = why;
    return how;
  }

  void look() {
    ending = body.check(this);
    state = ending == Ending.COMMITTED ? State.READY : State.ABORTED;
  }

  void write() {
    writes.forEach(Runnable::run);
    state = State.COMMITTED;
  }

  void abort() {
    state = State.ABORTED;
  }

  public State state() {
    return state;
  }

  public boolean isOver() {
    return state == State.COMMITTED || state == State.ABORTED;
  }

  /** How it ended, or how it will when it is committed. */
  public Ending ending() {
    return ending;
  }

  public String reason() {
    return reason;
  }
}
