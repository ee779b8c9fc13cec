package io.carillon.clocknode.app;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NodeIdentityTest {

  @TempDir private Path dir;

  @Test
  void isMadeOnceAndKept() throws IOException {
    Path home = dir.resolve("not/yet/there");
    String id = NodeIdentity.of(home, new SecureRandom());
    assertTrue(id.matches("node-[a-z2-7]{10}"), id);
    assertEquals(id, NodeIdentity.of(home, new SecureRandom()));
    try (var files = Files.list(home)) {
      assertEquals(List.of(home.resolve(NodeIdentity.FILE)), files.toList());
    }
  }

  @Test
  void itsSecretIsMadeOnceAndForItsOwnerAlone() throws IOException {
    Path home = dir.resolve("not/yet/there");
    byte[] secret = NodeIdentity.secret(home, new SecureRandom());
    assertEquals(32, secret.length);
    assertArrayEquals(secret, NodeIdentity.secret(home, new SecureRandom()));
    Path file = home.resolve(NodeIdentity.SECRET_FILE);
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    assertFalse(
        Arrays.equals(secret, NodeIdentity.secret(dir.resolve("other"), new SecureRandom())));
    Files.writeString(file, "abc\n");
    assertThrows(
        IllegalArgumentException.class, () -> NodeIdentity.secret(home, new SecureRandom()));
  }

  @Test
  void aFileThatHoldsSomethingElseIsRefused() throws IOException {
    Files.writeString(dir.resolve(NodeIdentity.FILE), "Node 1\n");
    assertThrows(IllegalArgumentException.class, () -> NodeIdentity.of(dir, new SecureRandom()));
  }

  @Test
  void anIdHasOneToSixtyThreeOfTheAllowedCharacters() {
    assertEquals("a-1", NodeIdentity.checked("a-1"));
    assertEquals("x".repeat(63), NodeIdentity.checked("x".repeat(63)));
    for (String bad : new String[] {"", "x".repeat(64), "A", "a_b", "a.b", "a\n", "é"}) {
      assertThrows(IllegalArgumentException.class, () -> NodeIdentity.checked(bad), bad);
    }
  }

  @Test
  void aConfigIsCheckedAsItIsMade() {
    assertThrows(IllegalArgumentException.class, () -> NodeConfig.of(dir, List.of()));
    assertThrows(
        IllegalArgumentException.class,
        () -> NodeConfig.of(dir, List.of("localhost:1"), "Not One"));
  }
}
