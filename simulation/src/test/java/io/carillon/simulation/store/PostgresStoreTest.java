package io.carillon.simulation.store;

import io.carillon.common.config.Records;
import io.carillon.master.store.DatabaseConfig;
import io.carillon.master.store.PostgresContractStore;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** The contract, on PostgreSQL: each test in a schema of its own. */
class PostgresStoreTest extends StoreContract {

  private static EmbeddedPostgres server;
  private static int schemas;

  @BeforeAll
  static void startServer() throws IOException {
    server = EmbeddedPostgres.builder().setServerConfig("max_connections", "100").start();
  }

  @AfterAll
  static void stopServer() throws IOException {
    server.close();
  }

  @Override
  ContractStore open() {
    return new PostgresContractStore(
        Records.with(
            DatabaseConfig.of(server.getJdbcUrl("postgres", "postgres"), "postgres", "postgres"),
            "schema",
            "contract_" + ++schemas));
  }
}
