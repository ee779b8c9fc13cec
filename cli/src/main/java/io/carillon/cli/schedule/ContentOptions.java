package io.carillon.cli.schedule;

import com.google.protobuf.ByteString;
import io.carillon.cli.terminal.InputFile;
import io.carillon.cli.terminal.World;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What a schedule carries beside its times, as options. */
final class ContentOptions {

  @Option(names = "--label", paramLabel = "KEY=VALUE", description = "A label; may be repeated.")
  Map<String, String> labels = new LinkedHashMap<>();

  @Option(
      names = "--destination",
      paramLabel = "ID",
      description = "Where fires go (default: the destination \"default\").")
  String destination;

  @Option(
      names = "--payload",
      paramLabel = "TEXT|@FILE",
      description =
          "Handed to the consumer with each fire; from a file with @, from stdin with @-, @@ for a text that begins with @.")
  String payload;

  @Option(
      names = "--payload-type",
      paramLabel = "TYPE",
      description = "Media type of the payload, such as application/json.")
  String payloadType;

  @Option(names = "--display-name", paramLabel = "TEXT", description = "A line for people.")
  String displayName;

  @Mixin CatchUpOptions catchUp;

  /** As the master takes them at most. */
  private static final int MAX_PAYLOAD = 65_536;

  ByteString payloadBytes(World world) throws IOException {
    if (payload.startsWith("@@")) {
      return ByteString.copyFromUtf8(payload.substring(1));
    }
    return payload.startsWith("@")
        ? ByteString.copyFrom(InputFile.read(world, payload.substring(1), MAX_PAYLOAD))
        : ByteString.copyFromUtf8(payload);
  }
}
