package io.carillon.cli.terminal;

import java.io.InputStream;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * What the command sees of the world, so that tests can give it another.
 *
 * @param talkIsTerminal whether stderr is a terminal: progress bars are drawn only there
 */
public record World(
    InputStream in,
    PrintWriter out,
    PrintWriter err,
    Map<String, String> environment,
    boolean outIsTerminal,
    boolean talkIsTerminal) {

  /** Variable in which the launcher says as what it was called. */
  public static final String COMMAND = "CARILLON_COMMAND";

  public static World ofProcess() {
    return new World(
        System.in,
        new PrintWriter(System.out, false, StandardCharsets.UTF_8),
        new PrintWriter(System.err, true, StandardCharsets.UTF_8),
        System.getenv(),
        isTerminal("carillon.stdout.terminal"),
        isTerminal("carillon.stderr.terminal"));
  }

  /** As what this was started, as in "./carillon", "bin/carillon". */
  public String command() {
    return environment.getOrDefault(COMMAND, "carillon");
  }

  /** Who runs the command, as in "mara@web1". */
  public String caller() {
    String user = environment.getOrDefault("USER", System.getProperty("user.name")).strip();
    String host = environment.getOrDefault("HOSTNAME", "").strip();
    if (host.isEmpty()) {
      try {
        host = InetAddress.getLocalHost().getHostName();
      } catch (UnknownHostException e) {
        host = "unknown host";
      }
    }
    return user + "@" + host;
  }

  /**
   * The launcher asks the shell, which knows for each stream; Java 17 knows only for both at once.
   */
  private static boolean isTerminal(String property) {
    String told = System.getProperty(property);
    return told == null ? System.console() != null : Boolean.parseBoolean(told);
  }
}
