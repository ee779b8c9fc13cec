package io.carillon.master.store.lead;

import static io.carillon.master.store.jooq.Tables.CREATE_REQUEST;

import io.carillon.master.store.sql.Database;
import java.util.Optional;
import org.jooq.DSLContext;

/**
 * Requests that carried an id: each is stored with the change that it asked for, so that whoever
 * sends it again learns what became of it. Every call is blocking.
 */
public final class Requests {

  private final Database database;
  private final long epoch;

  /**
   * @param epoch of the leader, which every write is fenced on
   */
  public Requests(Database database, long epoch) {
    this.database = database;
    this.epoch = epoch;
  }

  /**
   * A request.
   *
   * @param id empty: it has none, and nothing is stored of it
   * @param fingerprint of all that it says: the same id with another one is a mistake of the client
   */
  public record Request(String tenant, String id, byte[] fingerprint) {

    /** One that nobody can send again. */
    public static final Request NONE = new Request("", "", new byte[0]);

    public boolean hasId() {
      return !id.isEmpty();
    }
  }

  /**
   * What is stored of a request.
   *
   * @param num of what it was about
   * @param nominal of a trigger: the time that its fire has, or is to have; else 0
   */
  public record Made(long num, byte[] fingerprint, long nominal) {}

  /** Thrown where a request with that id was carried out before, so that nothing is done now. */
  public static final class UsedException extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  /** What a request with this id made before. */
  public Optional<Made> find(String tenant, String id) {
    return find(database.api(), tenant, id);
  }

  private static Optional<Made> find(DSLContext sql, String tenant, String id) {
    return sql.selectFrom(CREATE_REQUEST)
        .where(CREATE_REQUEST.TENANT_ID.eq(tenant))
        .and(CREATE_REQUEST.REQUEST_ID.eq(id))
        .fetchOptional(
            row -> new Made(row.getScheduleNum(), row.getFingerprint(), row.getNominal()));
  }

  /**
   * Notes within its transaction what a request did.
   *
   * @throws UsedException if its id was used before
   */
  public static void note(DSLContext transaction, Request request, long num, long now) {
    if (request.hasId() && !insert(transaction, request, num, 0, now)) {
      throw new UsedException();
    }
  }

  private static boolean insert(
      DSLContext transaction, Request request, long num, long nominal, long now) {
    return transaction
            .insertInto(CREATE_REQUEST)
            .set(CREATE_REQUEST.TENANT_ID, request.tenant())
            .set(CREATE_REQUEST.REQUEST_ID, request.id())
            .set(CREATE_REQUEST.FINGERPRINT, request.fingerprint())
            .set(CREATE_REQUEST.SCHEDULE_NUM, num)
            .set(CREATE_REQUEST.NOMINAL, nominal)
            .set(CREATE_REQUEST.CREATE_TIME, now)
            .onConflictDoNothing()
            .execute()
        == 1;
  }

  /**
   * Notes the nominal time that a trigger is to have, before it is recorded.
   *
   * @return what is noted of its id: this, or what an earlier request with it noted
   */
  public Made reserve(Request request, long num, long nominal, long now) {
    return LeaderFence.write(
        database.core(),
        epoch,
        transaction -> {
          return insert(transaction, request, num, nominal, now)
              ? new Made(num, request.fingerprint(), nominal)
              : find(transaction, request.tenant(), request.id()).orElseThrow();
        });
  }

  /** Gives a trigger that was not recorded, and will not be, another nominal time. */
  public void reserveAgain(Request request, long nominal) {
    LeaderFence.write(
        database.core(),
        epoch,
        transaction ->
            transaction
                .update(CREATE_REQUEST)
                .set(CREATE_REQUEST.NOMINAL, nominal)
                .where(CREATE_REQUEST.TENANT_ID.eq(request.tenant()))
                .and(CREATE_REQUEST.REQUEST_ID.eq(request.id()))
                .execute());
  }
}
