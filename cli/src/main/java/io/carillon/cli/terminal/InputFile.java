package io.carillon.cli.terminal;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** What a command reads from a file or from stdin: bounded, whatever the file is. */
public final class InputFile {

  private InputFile() {}

  /**
   * The content of a file.
   *
   * @param file {@code -} for what the command is given on stdin
   * @param limit bytes
   * @throws UsageException if there is more than that; no more is read than is needed to know
   */
  public static byte[] read(World world, String file, int limit) throws IOException {
    if (file.equals("-")) {
      return read(world.in(), "stdin", limit);
    }
    try (InputStream in = Files.newInputStream(Path.of(file))) {
      return read(in, file, limit);
    }
  }

  private static byte[] read(InputStream in, String name, int limit) throws IOException {
    byte[] content = in.readNBytes(limit + 1);
    if (content.length > limit) {
      throw new UsageException(name + " is too large: at most " + limit + " bytes are taken");
    }
    return content;
  }
}
