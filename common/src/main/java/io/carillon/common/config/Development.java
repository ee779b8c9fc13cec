package io.carillon.common.config;

/**
 * What {@code carillon dev} runs beside the master.
 *
 * @param nodes how many clock nodes
 * @param dataDir the folder where the data is kept
 * @param postgresPort port of PostgreSQL on loopback; 0: a free one
 */
public record Development(
    @Setting(
            value = "How many clock nodes; 0 to start them yourself.",
            label = "N",
            min = "0",
            max = "100")
        int nodes,
    @Setting(value = "Where the data is kept.", label = "FOLDER") String dataDir,
    @Setting(
            value = "Port of PostgreSQL on loopback; 0 for a free one.",
            label = "PORT",
            min = "0",
            max = "65535")
        int postgresPort) {

  public static final Development DEFAULTS = new Development(1, "./carillon-data", 0);

  public Development {
    Records.check(Development.class, nodes, dataDir, postgresPort);
  }
}
