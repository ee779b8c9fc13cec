package io.carillon.master.store.sql;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PrivateFilesTest {

  @TempDir Path temp;

  private static String mode(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  private static void chmod(Path path, String mode) throws IOException {
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
  }

  @Test
  void aFolderIsItsOwnersAlone() throws IOException {
    Path made = PrivateFiles.folder(temp.resolve("a/b"));
    assertEquals("rwx------", mode(made));
    chmod(made, "rwxrwxrwx");
    assertEquals(made, PrivateFiles.folder(temp.resolve("a/b")));
    assertEquals("rwx------", mode(made));
    try (var left = Files.list(made)) {
      assertEquals(List.of(), left.toList());
    }
  }

  @Test
  void aFolderThatAnybodyCouldReplaceIsRefusedByName() throws IOException {
    Path open = Files.createDirectory(temp.resolve("open"));
    chmod(open, "rwxrwxrwx");
    IOException refused =
        assertThrows(IOException.class, () -> PrivateFiles.folder(open.resolve("x")));
    assertTrue(refused.getMessage().endsWith("as all can write to " + open.toRealPath()));
  }

  /** Which only root can try. */
  @Test
  void aFolderOfAnotherUserIsRefused() throws IOException {
    Path folder = Files.createDirectory(temp.resolve("theirs"));
    try {
      Files.setAttribute(folder, "unix:uid", 65_534);
    } catch (IOException e) {
      org.junit.jupiter.api.Assumptions.abort("needs root: " + e);
    }
    IOException refused = assertThrows(IOException.class, () -> PrivateFiles.folder(folder));
    assertTrue(refused.getMessage().endsWith("belongs to another user of this machine"));
  }

  @Test
  void aSecretIsMadeOnceByChanceAndNobodyElseReadsIt() throws IOException {
    String secret = PrivateFiles.secret(temp.resolve("one"));
    assertTrue(secret.matches("[0-9a-f]{32}"), secret);
    assertEquals(secret, PrivateFiles.secret(temp.resolve("one")));
    assertNotEquals(secret, PrivateFiles.secret(temp.resolve("two")));
    assertEquals("rw-------", mode(temp.resolve("one")));
  }

  @Test
  void aSecretThatOthersCanReadIsNone() throws IOException {
    Path file = temp.resolve("open");
    PrivateFiles.secret(file);
    chmod(file, "rw-r--r--");
    IOException refused = assertThrows(IOException.class, () -> PrivateFiles.secret(file));
    assertTrue(refused.getMessage().contains("chmod 600"), refused.getMessage());
    chmod(file, "rw-------");
    Files.writeString(file, "\n");
    refused = assertThrows(IOException.class, () -> PrivateFiles.secret(file));
    assertTrue(refused.getMessage().contains("holds no secret"), refused.getMessage());
  }
}
