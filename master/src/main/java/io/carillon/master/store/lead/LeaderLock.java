package io.carillon.master.store.lead;

import io.carillon.master.loop.Threads;
import io.carillon.master.store.sql.DatabaseConfig;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Session advisory locks of PostgreSQL, one for each leader epoch: the leader holds that of its
 * epoch while its process lives, the others wait for it, and whoever gets it knows that this leader
 * is gone. What keeps a deposed leader from writing is the leader epoch, not this.
 *
 * <p>One lock at a time is held or waited for, on a thread and a session of their own. {@link
 * #hold} and {@link #drop} do not block; {@link #tryTake} and {@link #giveBack} are for threads
 * that may.
 */
public final class LeaderLock implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(LeaderLock.class);

  /**
   * Bounds one statement that waits for the lock; then it is waited for anew. Below PostgreSQL's
   * {@code deadlock_timeout}, after which it may write of every wait in its log.
   */
  private static final long WAIT_MILLIS = 900;

  private static final long STATEMENT_MILLIS = 1_500;

  /** How often the session is asked whether it lives. */
  private static final long LOOK_MILLIS = 500;

  private static final long RETRY_MILLIS = 200;

  /** Says nothing but that the session lives. */
  private static final String LOOK = "select true or ? = ?::text";

  /** Hears of the lock, on the lock's thread. {@code request} is that of {@link #hold}. */
  public interface Listener {
    void lockHeld(long request, long epoch);

    /** Somebody else has it; it is waited for. */
    void lockBusy(long request);

    void lockLost(long request);
  }

  private final DatabaseConfig config;
  private final Listener listener;
  private final Thread thread = Threads.named("carillon-leader-lock", this::run);

  /** The epoch whose lock is wanted; -1: none. Guarded by this, as is all that follows. */
  private long wanted = -1;

  private long request;
  private boolean closed;

  /** The session of the thread, and the epoch whose lock it holds; -1: none yet. */
  private Connection session;

  private long held = -1;

  /** A session with the lock of an epoch that is being taken. */
  private Connection taken;

  private long takenEpoch = -1;

  /** For the next that is taken, opened while there is time; null: none yet. */
  private Connection spare;

  public LeaderLock(DatabaseConfig config, Listener listener) {
    this.config = config;
    this.listener = listener;
    thread.start();
  }

  /**
   * Holds the lock of this epoch from now on, or waits for it, and lets go of any other.
   *
   * @return the number of this request, which what is heard of it carries
   */
  public synchronized long hold(long epoch) {
    wanted = epoch;
    if (held != epoch) {
      letGo();
    }
    if (takenEpoch == epoch) {
      LeaderSession.drop(session);
      session = taken;
      held = epoch;
      taken = null;
      takenEpoch = -1;
    }
    notifyAll();
    return ++request;
  }

  /** Lets go of everything, and waits for nothing. */
  public synchronized void drop() {
    wanted = -1;
    request++;
    letGo();
    giveBack();
    notifyAll();
  }

  private void letGo() {
    LeaderSession.drop(session);
    session = null;
    held = -1;
  }

  /**
   * Takes the lock of an epoch that nobody has yet, for {@link #hold} to keep or {@link #giveBack}
   * to release.
   *
   * @return false if another has it
   */
  public boolean tryTake(long epoch) throws SQLException {
    synchronized (this) {
      if (takenEpoch == epoch) {
        return true;
      }
    }
    Connection candidate = spareOrNew();
    boolean got = false;
    try {
      got = execute(candidate, "select pg_try_advisory_lock(" + key() + ")", epoch);
    } finally {
      if (!got) {
        LeaderSession.drop(candidate);
      }
    }
    if (got) {
      synchronized (this) {
        giveBack();
        taken = candidate;
        takenEpoch = epoch;
        if (closed) {
          giveBack();
        }
      }
    }
    return got;
  }

  /** Releases what {@link #tryTake} took and {@link #hold} has not asked for since. */
  public synchronized void giveBack() {
    LeaderSession.drop(taken);
    taken = null;
    takenEpoch = -1;
  }

  /**
   * Whether a session of another master waits for the lock of this epoch, and so will be the next
   * to lead.
   */
  public boolean isAwaited(long epoch) throws SQLException {
    Connection asking = open();
    try {
      return execute(
          asking,
          "select exists (select from pg_locks l, "
              + key()
              + " k where l.locktype = 'advisory' and not l.granted and l.objsubid = 1 and"
              + " l.database = (select oid from pg_database where datname = current_database())"
              + " and l.classid::bigint = (k >> 32 & 4294967295)"
              + " and l.objid::bigint = (k & 4294967295))",
          epoch);
    } finally {
      LeaderSession.drop(asking);
    }
  }

  private Connection spareOrNew() throws SQLException {
    Connection ready;
    synchronized (this) {
      ready = spare;
      spare = null;
    }
    return ready == null ? open() : ready;
  }

  /** Who waits for a lock is about to take the next one. */
  private void prepare() throws SQLException {
    Connection present;
    synchronized (this) {
      present = spare;
      spare = null;
    }
    if (present == null) {
      present = open();
    }
    try {
      execute(present, LOOK, 0);
      synchronized (this) {
        if (spare == null && !closed) {
          spare = present;
          present = null;
        }
      }
    } finally {
      LeaderSession.drop(present);
    }
  }

  private Connection open() throws SQLException {
    return LeaderSession.open(config, "carillon-leader", STATEMENT_MILLIS, WAIT_MILLIS);
  }

  private static String key() {
    return "hashtextextended('carillon leader ' || ? || ' ' || ?::text, 0)";
  }

  /** Answers what the statement says, true if it says nothing. */
  private boolean execute(Connection connection, String sql, long epoch) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      statement.setString(1, config.schema());
      statement.setLong(2, epoch);
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        return row.getObject(1) instanceof Boolean answer ? answer : true;
      }
    }
  }

  // ---- the thread of the lock

  private void run() {
    boolean failing = false;
    while (true) {
      long of;
      long epoch;
      synchronized (this) {
        while (wanted < 0 && !closed) {
          if (!pause(0)) {
            return;
          }
        }
        if (closed) {
          return;
        }
        of = request;
        epoch = wanted;
      }
      try {
        serve(of, epoch);
        failing = false;
      } catch (SQLException | RuntimeException | Error e) {
        if (lost(of) && !failing) {
          failing = true;
          log.warn("the lock of leader epoch {} waits for PostgreSQL: {}", epoch, e.toString());
        }
      }
    }
  }

  /** Serves one request until there is another. */
  private void serve(long of, long epoch) throws SQLException {
    Connection mine = acquire(of, epoch);
    if (mine == null) {
      return;
    }
    listener.lockHeld(of, epoch);
    while (isCurrent(of)) {
      synchronized (this) {
        if (request == of && !pause(LOOK_MILLIS)) {
          return;
        }
      }
      if (isCurrent(of)) {
        execute(mine, LOOK, epoch);
      }
    }
  }

  /** A session that holds the lock; null if there is another request. */
  private Connection acquire(long of, long epoch) throws SQLException {
    synchronized (this) {
      if (request == of && session != null && held == epoch) {
        return session;
      }
    }
    Connection candidate = open();
    synchronized (this) {
      if (request != of) {
        LeaderSession.drop(candidate);
        return null;
      }
      LeaderSession.drop(session);
      session = candidate;
    }
    boolean got = tryLock(candidate, epoch);
    if (!got) {
      listener.lockBusy(of);
    }
    while (!got && isCurrent(of)) {
      prepare();
      got = await(candidate, epoch);
    }
    synchronized (this) {
      if (request != of) {
        return null;
      }
      held = epoch;
      return candidate;
    }
  }

  private boolean tryLock(Connection candidate, long epoch) throws SQLException {
    return execute(candidate, "select pg_try_advisory_lock(" + key() + ")", epoch);
  }

  /**
   * Waits for a while; answers whether the lock is held then. What the block catches is no error
   * that PostgreSQL would write in its log, once a second for each follower.
   */
  private boolean await(Connection candidate, long epoch) throws SQLException {
    long number;
    try (PreparedStatement statement = candidate.prepareStatement("select " + key())) {
      statement.setString(1, config.schema());
      statement.setLong(2, epoch);
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        number = row.getLong(1);
      }
    }
    try (Statement wait = candidate.createStatement()) {
      wait.execute(
          "do $$ begin perform pg_advisory_lock("
              + number
              + "); exception when lock_not_available then null; end $$");
    }
    // Of a lock that is held it says so again.
    return tryLock(candidate, epoch);
  }

  private synchronized boolean isCurrent(long of) {
    return request == of && !closed;
  }

  /** The session broke. Answers whether it was of the present request. */
  private boolean lost(long of) {
    boolean wasHeld;
    synchronized (this) {
      if (request != of || closed) {
        return false;
      }
      wasHeld = held >= 0;
      letGo();
    }
    if (wasHeld) {
      listener.lockLost(of);
    }
    synchronized (this) {
      return request == of && pause(RETRY_MILLIS);
    }
  }

  /** Answers false if the thread is to end. Called with the monitor held. */
  private boolean pause(long millis) {
    try {
      wait(millis);
      return true;
    } catch (InterruptedException e) {
      return false;
    }
  }

  @Override
  public void close() {
    synchronized (this) {
      closed = true;
      drop();
      LeaderSession.drop(spare);
      spare = null;
    }
    thread.interrupt();
  }
}
