package io.carillon.cli.server;

import io.carillon.cli.terminal.Failures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Folders that servers keep data in: found fit for it before anything is begun. */
final class DataFolder {

  private static final int PROBE_BYTES = 4_096;

  private DataFolder() {}

  /**
   * Makes the folder, if need be, and tries to write there.
   *
   * @return it as an absolute path
   * @throws IOException if that does not work; the message names the folder and the reason
   */
  static Path writable(Path named) throws IOException {
    Path folder = named.toAbsolutePath().normalize();
    try {
      Files.createDirectories(folder);
      Path probe = Files.createTempFile(folder, ".probe", "");
      try {
        Files.write(probe, new byte[PROBE_BYTES]);
      } finally {
        Files.deleteIfExists(probe);
      }
      return folder;
    } catch (IOException e) {
      throw unusable(folder, e);
    }
  }

  /**
   * @param megabytes what is about to be written there
   * @throws IOException if there is less room than that; the message names the folder
   */
  static void checkRoom(Path folder, long megabytes) throws IOException {
    long usable = Files.getFileStore(folder).getUsableSpace() >> 20;
    if (usable < megabytes) {
      throw new IOException(
          "no space left on device: "
              + folder
              + " has "
              + usable
              + " MB left, and "
              + megabytes
              + " MB are needed; make room there");
    }
  }

  /** The same failure, in words that name the folder. */
  static IOException unusable(Path folder, IOException failure) {
    return new IOException(
        "cannot write to the data folder "
            + folder
            + " ("
            + Failures.readable(failure)
            + "); make that possible, or give another folder with --data-dir",
        failure);
  }
}
