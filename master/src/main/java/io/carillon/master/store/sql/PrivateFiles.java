package io.carillon.master.store.sql;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;

/**
 * Folders and files that no other user of the machine can read, change or replace. Where the file
 * system knows no owners and modes (Windows), folders are those of the user's profile, and nothing
 * is checked.
 */
public final class PrivateFiles {

  private static final boolean POSIX =
      FileSystems.getDefault().supportedFileAttributeViews().contains("unix");
  private static final int OTHERS = 0077;
  private static final int WRITABLE_BY_ALL = 0002;
  private static final int STICKY = 01000;
  private static final int SECRET_BYTES = 16;

  private PrivateFiles() {}

  /**
   * Makes a folder of mode 0700, or takes it away from others where it exists.
   *
   * @return its real path
   * @throws IOException if it cannot be made or written, if it belongs to another user, or if it
   *     lies where anybody could put another in its place; the message names the folder
   */
  public static Path folder(Path folder) throws IOException {
    Path real = Files.createDirectories(folder.toAbsolutePath().normalize()).toRealPath();
    if (!POSIX) {
      return real;
    }
    checkOwner(real, real);
    Files.setPosixFilePermissions(real, PosixFilePermissions.fromString("rwx------"));
    for (Path above = real.getParent(); above != null; above = above.getParent()) {
      int mode = number(above, "mode");
      if ((mode & WRITABLE_BY_ALL) != 0 && (mode & STICKY) == 0) {
        throw new IOException(real + " could be replaced by anybody, as all can write to " + above);
      }
    }
    return real;
  }

  /**
   * A folder for what can be made again: Carillon's own in the user's folder for caches.
   *
   * @param otherwise for users without a home, or with one that cannot be written
   * @throws IOException as {@link #folder} does, of that one
   */
  public static Path cache(Path otherwise) throws IOException {
    String named = System.getenv("XDG_CACHE_HOME");
    Path caches =
        named == null || named.isBlank()
            ? Path.of(System.getProperty("user.home"), ".cache")
            : Path.of(named);
    if (caches.isAbsolute()) {
      try {
        return folder(caches.resolve("carillon"));
      } catch (IOException e) {
        // Then it is the other one.
      }
    }
    return folder(otherwise);
  }

  /**
   * The secret in a file; if there is none yet, 128 bits by chance are written to it, as text in a
   * line.
   *
   * @throws IOException if it cannot be made or read, or if others could have read or written it
   */
  public static String secret(Path file) throws IOException {
    if (!Files.exists(file)) {
      byte[] bytes = new byte[SECRET_BYTES];
      new SecureRandom().nextBytes(bytes);
      // Of mode 0600 from the beginning, and never half a secret.
      Path beside = Files.createTempFile(file.toAbsolutePath().getParent(), ".secret", "");
      try {
        Files.writeString(beside, HexFormat.of().formatHex(bytes) + "\n");
        Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE);
      } finally {
        Files.deleteIfExists(beside);
      }
    }
    if (POSIX) {
      checkOwner(file, file.toAbsolutePath().getParent());
      if ((number(file, "mode") & OTHERS) != 0) {
        throw new IOException(
            file
                + " is open to other users of this machine, so it is no secret; delete it, or make"
                + " it yours alone: chmod 600 "
                + file);
      }
    }
    String secret = Files.readString(file).lines().findFirst().orElse("").strip();
    if (secret.isEmpty()) {
      throw new IOException(file + " holds no secret; delete it, and a new one is made");
    }
    return secret;
  }

  /** A file that is made in the folder tells whose process this is. */
  private static void checkOwner(Path path, Path folder) throws IOException {
    Path probe = Files.createTempFile(folder, ".owner", "");
    try {
      if (number(path, "uid") != number(probe, "uid")) {
        throw new IOException(path + " belongs to another user of this machine");
      }
    } finally {
      Files.deleteIfExists(probe);
    }
  }

  private static int number(Path path, String attribute) throws IOException {
    return (int) Files.getAttribute(path, "unix:" + attribute, LinkOption.NOFOLLOW_LINKS);
  }
}
