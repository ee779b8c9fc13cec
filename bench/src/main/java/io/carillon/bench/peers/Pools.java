package io.carillon.bench.peers;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;

/** The same connections for both peers that have their work in a database. */
final class Pools {

  private Pools() {}

  static HikariDataSource open(String jdbcUrl, int size) {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(jdbcUrl);
    config.setMaximumPoolSize(size);
    config.setMinimumIdle(size);
    return new HikariDataSource(config);
  }

  static String describe(int size) throws IOException {
    return "HikariCP " + version("com.zaxxer", "HikariCP") + ", " + size + " connections";
  }

  /** As the library's jar says. */
  static String version(String group, String artifact) throws IOException {
    String path = "/META-INF/maven/" + group + "/" + artifact + "/pom.properties";
    try (InputStream in = Pools.class.getResourceAsStream(path)) {
      if (in == null) {
        return "unknown";
      }
      Properties properties = new Properties();
      properties.load(in);
      return properties.getProperty("version");
    }
  }
}
