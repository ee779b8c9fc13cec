package io.carillon.simulation.store;

import io.carillon.common.config.Records;
import io.carillon.master.store.sql.DatabaseConfig;
import io.carillon.master.store.sql.PrivateFiles;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** The contract, on PostgreSQL: each test in a schema of its own. */
class PostgresStoreTest extends StoreContract {

  private static EmbeddedPostgres server;
  private static String password;
  private static int schemas;

  @BeforeAll
  static void startServer() throws IOException {
    // Others on the machine can neither connect nor replace the programs.
    Path folder = Files.createTempDirectory("carillon-test-");
    Path passwordFile = folder.resolve("password");
    password = PrivateFiles.secret(passwordFile);
    server =
        EmbeddedPostgres.builder()
            .setOverrideWorkingDirectory(PrivateFiles.cache(folder).resolve("postgresql").toFile())
            .setLocaleConfig("auth", "scram-sha-256")
            .setLocaleConfig("pwfile", passwordFile.toString())
            .setConnectConfig("password", password)
            .setServerConfig("unix_socket_directories", "")
            .setServerConfig("max_connections", "100")
            .start();
  }

  @AfterAll
  static void stopServer() throws IOException {
    server.close();
  }

  @Override
  ContractStore open() {
    return new PostgresContractStore(
        Records.with(
            DatabaseConfig.of(server.getJdbcUrl("postgres", "postgres"), "postgres", password),
            "schema",
            "contract_" + ++schemas));
  }
}
