package io.carillon.master.store.sql;

import com.google.common.base.Throwables;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.pool.HikariPool.PoolInitializationException;
import io.carillon.master.store.lead.LeaderLock;
import io.carillon.master.store.lead.LeaseStore;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.exception.FlywayValidateException;
import org.jooq.DSLContext;
import org.jooq.SQLDialect;
import org.jooq.conf.RenderQuotedNames;
import org.jooq.conf.Settings;
import org.jooq.impl.DSL;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connections to PostgreSQL: one pool for the API, one for the fire path and everything else
 * that must not wait behind the API, and one for what takes long and holds nobody up.
 *
 * <p>Their timeouts are part of the time that a fail-over takes. That of the socket is above that
 * of the statement: a server that lives answers before. A transaction that holds the leader's fence
 * ends soon after its master stands still, so that it does not keep another from taking over.
 *
 * <pre>
 *              statement   lock   idle in transaction   socket   connect
 * lease          0.8 s     0.5 s         2 s              1 s      1 s     see {@link LeaseStore}
 * leader lock    1.5 s     1 s           2 s              2 s      1 s     see {@link LeaderLock}
 * core           5 s       3 s           2 s              7 s      2 s     fenced writes, delivery
 * api            10 s      3 s           2 s             12 s      2 s     calls of clients
 * patient        120 s     10 s         30 s            130 s      5 s     load, migration: no fence
 * </pre>
 *
 * <p>Those of the lease are for a ttl of 3 s, and in proportion to it.
 */
public final class Database implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Database.class);
  private static final int CORE_CONNECTIONS = 6;
  private static final int PATIENT_CONNECTIONS = 2;

  /** A connection that has been idle is asked whether it lives, for this long. */
  private static final long VALIDATION_MILLIS = 1_000;

  /** Of a pool, in seconds. */
  private record Timeouts(int statement, int lock, int idleInTransaction, int socket, int connect) {
    static final Timeouts CORE = new Timeouts(5, 3, 2, 7, 2);
    static final Timeouts API = new Timeouts(10, 3, 2, 12, 2);
    static final Timeouts PATIENT = new Timeouts(120, 10, 30, 130, 5);
  }

  private final HikariDataSource api;
  private final HikariDataSource core;
  private final HikariDataSource patient;
  private final DSLContext apiSql;
  private final DSLContext coreSql;
  private final DSLContext patientSql;

  private Database(HikariDataSource api, HikariDataSource core, HikariDataSource patient) {
    this.api = api;
    this.core = core;
    this.patient = patient;
    // No logger of jOOQ's own, quoted names, or schema: the connection's search path says where.
    Settings settings =
        new Settings()
            .withRenderSchema(false)
            .withRenderQuotedNames(RenderQuotedNames.EXPLICIT_DEFAULT_UNQUOTED)
            .withExecuteLogging(false);
    this.apiSql = DSL.using(api, SQLDialect.POSTGRES, settings);
    this.coreSql = DSL.using(core, SQLDialect.POSTGRES, settings);
    this.patientSql = DSL.using(patient, SQLDialect.POSTGRES, settings);
  }

  /**
   * Connects and brings the schema up to date.
   *
   * @param partitions how many partitions a new cluster gets; an existing one keeps its number
   * @throws DatabaseUnavailableException if PostgreSQL cannot be reached or refuses, or if the
   *     schema was made by a version whose migrations were others
   */
  public static Database open(DatabaseConfig config, int partitions) {
    List<HikariDataSource> pools = new ArrayList<>();
    try {
      pools.add(pool(config, "carillon-patient", PATIENT_CONNECTIONS, Timeouts.PATIENT));
      String fault = OwnSessions.fault(pools.get(0), config.schema());
      if (fault != null) {
        throw new SQLException(fault);
      }
      migrate(pools.get(0), config.schema(), partitions);
      pools.add(pool(config, "carillon-core", CORE_CONNECTIONS, Timeouts.CORE));
      pools.add(pool(config, "carillon-api", config.poolSize(), Timeouts.API));
      return new Database(pools.get(2), pools.get(1), pools.get(0));
    } catch (PoolInitializationException | FlywayException | SQLException e) {
      pools.forEach(HikariDataSource::close);
      throw new DatabaseUnavailableException(
          "cannot use PostgreSQL at " + config + ": " + reason(e, config.schema()), e);
    }
  }

  private static HikariDataSource pool(
      DatabaseConfig config, String name, int size, Timeouts timeouts) {
    Properties properties = new Properties();
    properties.setProperty("currentSchema", config.schema());
    properties.setProperty("ApplicationName", name);
    properties.setProperty("connectTimeout", Integer.toString(timeouts.connect()));
    properties.setProperty("socketTimeout", Integer.toString(timeouts.socket()));
    properties.setProperty("tcpKeepAlive", "true");
    properties.setProperty(
        "options",
        "-c statement_timeout="
            + timeouts.statement()
            + "s -c lock_timeout="
            + timeouts.lock()
            + "s -c idle_in_transaction_session_timeout="
            + timeouts.idleInTransaction()
            + "s -c tcp_keepalives_idle=5 -c tcp_keepalives_interval=2 -c tcp_keepalives_count=3"
            + " -c timezone=UTC");
    properties.setProperty("prepareThreshold", "3");
    HikariConfig hikari = new HikariConfig();
    hikari.setPoolName(name);
    hikari.setJdbcUrl(config.url());
    hikari.setUsername(config.user());
    hikari.setPassword(config.password());
    hikari.setDataSourceProperties(properties);
    hikari.setMaximumPoolSize(size);
    hikari.setMinimumIdle(timeouts == Timeouts.PATIENT ? 0 : Math.min(2, size));
    hikari.setValidationTimeout(VALIDATION_MILLIS);
    hikari.setConnectionTimeout(5_000);
    hikari.setInitializationFailTimeout(config.connectTimeout().toMillis());
    return new HikariDataSource(hikari);
  }

  private static void migrate(DataSource source, String schema, int partitions) {
    int applied =
        Flyway.configure()
            .dataSource(source)
            .schemas(schema)
            .locations("classpath:io/carillon/master/schema")
            .placeholders(Map.of("partitions", Integer.toString(partitions)))
            .load()
            .migrate()
            .migrationsExecuted;
    if (applied > 0) {
      log.info("schema {} brought up to date by {} migrations", schema, applied);
    }
  }

  private static String reason(Exception failure, String schema) {
    if (failure instanceof FlywayValidateException) {
      return "schema "
          + schema
          + " was made by a version of Carillon whose data this one does not read; start with an"
          + " empty schema or a new data folder, or go back to the version that made it";
    }
    String pooler = OwnSessions.refusal(failure);
    return pooler == null ? Throwables.getRootCause(failure).getMessage() : pooler;
  }

  /** For requests of clients: reads, and nothing that the fire path waits for. */
  public DSLContext api() {
    return apiSql;
  }

  /** For the lanes of the core and for delivery. */
  public DSLContext core() {
    return coreSql;
  }

  /** For what may take minutes and holds no fence: a leader's load, upkeep. */
  public DSLContext patient() {
    return patientSql;
  }

  /** Connections of the fire path, for statements that jOOQ has no words for. */
  public DataSource coreConnections() {
    return core;
  }

  @Override
  public void close() {
    api.close();
    core.close();
    patient.close();
  }
}
