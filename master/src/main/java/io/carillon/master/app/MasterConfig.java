package io.carillon.master.app;

import io.carillon.common.config.Commits;
import io.carillon.common.config.LeaseTerm;
import io.carillon.common.config.Listen;
import io.carillon.common.config.Membership;
import io.carillon.common.config.Records;
import io.carillon.common.config.Storage;
import io.carillon.master.core.CoreSettings;
import io.carillon.master.election.ElectionSettings;
import io.carillon.master.store.sql.DatabaseConfig;
import java.util.Objects;

/**
 * How a master runs: a record for each concern. Change one by {@link Records#with}.
 *
 * @param partitions how many partitions a new cluster has, 1 to 4096; an existing one keeps its
 *     number
 */
public record MasterConfig(
    DatabaseConfig database,
    int partitions,
    Listen listen,
    LeaseTerm lease,
    Membership membership,
    Commits commits) {

  public MasterConfig {
    Objects.requireNonNull(database, "database");
    Objects.requireNonNull(listen, "listen");
    Objects.requireNonNull(lease, "lease");
    Objects.requireNonNull(membership, "membership");
    Objects.requireNonNull(commits, "commits");
    var unused = Records.with(Storage.DEFAULTS, "partitions", partitions);
  }

  /** On loopback, with defaults. */
  public static MasterConfig of(DatabaseConfig database) {
    return new MasterConfig(
        database,
        Storage.DEFAULTS.partitions(),
        Listen.DEFAULTS,
        LeaseTerm.DEFAULTS,
        Membership.DEFAULTS,
        Commits.DEFAULTS);
  }

  /** What the core takes of it. */
  public CoreSettings core() {
    return CoreSettings.of(membership, commits);
  }

  /** What the election takes of it. */
  public ElectionSettings election() {
    return ElectionSettings.of(lease);
  }
}
