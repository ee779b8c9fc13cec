package io.carillon.master.store;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.pool.HikariPool.PoolInitializationException;
import java.util.Map;
import java.util.Properties;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.jooq.DSLContext;
import org.jooq.SQLDialect;
import org.jooq.conf.RenderQuotedNames;
import org.jooq.conf.Settings;
import org.jooq.impl.DSL;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connections to PostgreSQL: one pool for the API, and one of its own for the fire path and
 * everything else that must not wait behind the API.
 */
public final class Database implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Database.class);
  private static final int CORE_CONNECTIONS = 6;

  private final HikariDataSource api;
  private final HikariDataSource core;
  private final DSLContext apiSql;
  private final DSLContext coreSql;

  private Database(HikariDataSource api, HikariDataSource core) {
    this.api = api;
    this.core = core;
    // No logger of jOOQ's own, quoted names, or schema: the connection's search path says where.
    Settings settings =
        new Settings()
            .withRenderSchema(false)
            .withRenderQuotedNames(RenderQuotedNames.EXPLICIT_DEFAULT_UNQUOTED)
            .withExecuteLogging(false);
    this.apiSql = DSL.using(api, SQLDialect.POSTGRES, settings);
    this.coreSql = DSL.using(core, SQLDialect.POSTGRES, settings);
  }

  /**
   * Connects and brings the schema up to date.
   *
   * @param partitions how many partitions a new cluster gets; an existing one keeps its number
   * @throws DatabaseUnavailableException if PostgreSQL cannot be reached or refuses
   */
  public static Database open(DatabaseConfig config, int partitions) {
    HikariDataSource core = null;
    try {
      core = pool(config, "carillon-core", CORE_CONNECTIONS);
      migrate(core, config.schema(), partitions);
      return new Database(pool(config, "carillon-api", config.poolSize()), core);
    } catch (PoolInitializationException | FlywayException e) {
      if (core != null) {
        core.close();
      }
      throw new DatabaseUnavailableException(
          "cannot use PostgreSQL at " + config + ": " + rootMessage(e), e);
    }
  }

  private static HikariDataSource pool(DatabaseConfig config, String name, int size) {
    Properties properties = new Properties();
    properties.setProperty("currentSchema", config.schema());
    properties.setProperty("ApplicationName", name);
    properties.setProperty("connectTimeout", "5");
    // Bounds on how long a lost connection or a stuck statement can hold the master up.
    properties.setProperty("socketTimeout", "60");
    properties.setProperty("tcpKeepAlive", "true");
    properties.setProperty(
        "options",
        "-c statement_timeout=30s -c lock_timeout=10s"
            + " -c idle_in_transaction_session_timeout=5s -c timezone=UTC");
    properties.setProperty("prepareThreshold", "3");
    HikariConfig hikari = new HikariConfig();
    hikari.setPoolName(name);
    hikari.setJdbcUrl(config.url());
    hikari.setUsername(config.user());
    hikari.setPassword(config.password());
    hikari.setDataSourceProperties(properties);
    hikari.setMaximumPoolSize(size);
    hikari.setMinimumIdle(Math.min(2, size));
    hikari.setConnectionTimeout(5_000);
    hikari.setInitializationFailTimeout(config.connectTimeout().toMillis());
    return new HikariDataSource(hikari);
  }

  private static void migrate(DataSource source, String schema, int partitions) {
    int applied =
        Flyway.configure()
            .dataSource(source)
            .schemas(schema)
            .locations("classpath:io/carillon/master/migrations")
            .placeholders(Map.of("partitions", Integer.toString(partitions)))
            .load()
            .migrate()
            .migrationsExecuted;
    if (applied > 0) {
      log.info("schema {} brought up to date by {} migrations", schema, applied);
    }
  }

  private static String rootMessage(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root.getMessage();
  }

  /** For requests of clients: reads, and nothing that the fire path waits for. */
  public DSLContext api() {
    return apiSql;
  }

  /** For the lanes of the core and for delivery. */
  public DSLContext core() {
    return coreSql;
  }

  /** Connections of the fire path, for statements that jOOQ has no words for. */
  public DataSource coreConnections() {
    return core;
  }

  @Override
  public void close() {
    api.close();
    core.close();
  }
}
