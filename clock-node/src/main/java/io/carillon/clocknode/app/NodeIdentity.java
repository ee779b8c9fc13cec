package io.carillon.clocknode.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * The node's id, which is made once and kept for life: the cluster gives a node that comes back
 * under its id its partitions back at once.
 */
public final class NodeIdentity {

  /** The file in the data directory that holds the id. */
  public static final String FILE = "node-id";

  /** The file in the data directory that holds what proves that a process is the node. */
  public static final String SECRET_FILE = "node-secret";

  private static final int SECRET_BYTES = 32;
  private static final Pattern ID = Pattern.compile("[a-z0-9-]{1,63}");
  private static final Pattern SECRET = Pattern.compile("[0-9a-f]{64}");
  private static final String BASE32 = "abcdefghijklmnopqrstuvwxyz234567";
  private static final int RANDOM_CHARACTERS = 10;

  private NodeIdentity() {}

  /**
   * The id itself, if it is one.
   *
   * @throws IllegalArgumentException if not
   */
  public static String checked(String id) {
    if (!ID.matcher(id).matches()) {
      throw new IllegalArgumentException(
          "'" + id + "' is no node id: it takes 1 to 63 of a-z, 0-9 and -");
    }
    return id;
  }

  /**
   * The id of a data directory; made at the first start. Written to a file beside and moved into
   * place, so that a crash leaves an id or none, never half of one.
   *
   * @throws IllegalArgumentException if the file holds something else
   */
  public static String of(Path dataDir, SecureRandom random) throws IOException {
    Path file = dataDir.resolve(FILE);
    if (Files.exists(file)) {
      return checked(Files.readString(file).strip());
    }
    Files.createDirectories(dataDir);
    StringBuilder id = new StringBuilder("node-");
    for (int i = 0; i < RANDOM_CHARACTERS; i++) {
      id.append(BASE32.charAt(random.nextInt(BASE32.length())));
    }
    keep(file, id.toString());
    return id.toString();
  }

  /**
   * What proves to masters that a process is the node of a data directory; made at the first start.
   * Nobody but the owner of the file may read it: who has it can take the node's place.
   *
   * @throws IllegalArgumentException if the file holds something else
   */
  public static byte[] secret(Path dataDir, SecureRandom random) throws IOException {
    Path file = dataDir.resolve(SECRET_FILE);
    if (!Files.exists(file)) {
      Files.createDirectories(dataDir);
      byte[] secret = new byte[SECRET_BYTES];
      random.nextBytes(secret);
      keep(file, HexFormat.of().formatHex(secret));
      return secret;
    }
    String text = Files.readString(file).strip();
    if (!SECRET.matcher(text).matches()) {
      throw new IllegalArgumentException(
          file
              + " is damaged: it must hold 64 hexadecimal digits. Bring it back from a backup, or"
              + " give the node a new data directory");
    }
    return HexFormat.of().parseHex(text);
  }

  /** The file is for its owner alone, as files made by {@code createTempFile} are. */
  private static void keep(Path file, String text) throws IOException {
    Path beside = Files.createTempFile(file.getParent(), file.getFileName().toString(), ".tmp");
    try {
      Files.writeString(beside, text + "\n");
      Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(beside);
    }
  }
}
