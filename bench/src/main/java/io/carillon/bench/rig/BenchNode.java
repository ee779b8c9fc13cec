package io.carillon.bench.rig;

import io.carillon.clocknode.app.ClockNode;
import io.carillon.clocknode.app.NodeConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A clock node of the cluster that is measured: in this process or in one of its own. */
public abstract sealed class BenchNode implements AutoCloseable {

  private static final Duration STOP_LIMIT = Duration.ofSeconds(15);

  private final String id;

  private BenchNode(String id) {
    this.id = id;
  }

  public final String id() {
    return id;
  }

  /** Ends it without a word, as if the power went. */
  public abstract void kill();

  public abstract Duration cpuTime();

  @Override
  public void close() {
    kill();
  }

  static BenchNode start(boolean ownProcess, String id, Path folder, String master)
      throws IOException {
    return ownProcess ? Child.start(id, folder, master) : Embedded.start(id, folder, master);
  }

  private static final class Embedded extends BenchNode {
    private final ClockNode node;

    private Embedded(String id, ClockNode node) {
      super(id);
      this.node = node;
    }

    static BenchNode start(String id, Path folder, String master) throws IOException {
      ClockNode node = new ClockNode(NodeConfig.of(folder, List.of(master), id));
      node.start();
      return new Embedded(id, node);
    }

    @Override
    public void kill() {
      node.close();
    }

    /** It is part of this process's. */
    @Override
    public Duration cpuTime() {
      return Duration.ZERO;
    }
  }

  private static final class Child extends BenchNode {
    private final Process process;

    private Child(String id, Process process) {
      super(id);
      this.process = process;
    }

    static BenchNode start(String id, Path folder, String master) throws IOException {
      Process process =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-Xmx1g",
                  "-cp",
                  System.getProperty("java.class.path"),
                  NodeMain.class.getName(),
                  id,
                  folder.toString(),
                  master)
              .redirectOutput(Redirect.DISCARD)
              .redirectError(Redirect.INHERIT)
              .start();
      return new Child(id, process);
    }

    @Override
    public void kill() {
      process.destroyForcibly();
      try {
        if (!process.waitFor(STOP_LIMIT.toSeconds(), TimeUnit.SECONDS)) {
          throw new UncheckedIOException(new IOException("node " + id() + " does not end"));
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    @Override
    public Duration cpuTime() {
      return process.info().totalCpuDuration().orElse(Duration.ZERO);
    }
  }
}
