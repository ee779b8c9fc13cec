package io.carillon.cli;

import io.carillon.common.file.PrivateFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where PostgreSQL's programs are unpacked: once for each user of the machine, in a folder that
 * others cannot enter. What is inside of it the library opens to all.
 */
final class ServerPrograms {

  /** Unpacked, and some more. */
  private static final long MEGABYTES = 100;

  private ServerPrograms() {}

  /**
   * @param dataDir where they go if the user has no folder for such things
   * @throws IOException if there is no safe place for them
   */
  static Path folder(Path dataDir) throws IOException {
    Path folder;
    try {
      folder = PrivateFiles.folder(cache().resolve("carillon"));
    } catch (IOException e) {
      // No home, or one that cannot be written.
      folder = PrivateFiles.folder(dataDir.resolve("postgres-programs"));
    }
    Path programs = folder.resolve("postgresql");
    if (!Files.exists(programs)) {
      DataFolder.checkRoom(folder, MEGABYTES);
    }
    return programs;
  }

  private static Path cache() throws IOException {
    String named = System.getenv("XDG_CACHE_HOME");
    Path cache =
        named == null || named.isBlank()
            ? Path.of(System.getProperty("user.home"), ".cache")
            : Path.of(named);
    if (!cache.isAbsolute()) {
      throw new IOException("no folder for caches: " + cache);
    }
    return cache;
  }
}
