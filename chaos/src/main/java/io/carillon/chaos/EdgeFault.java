package io.carillon.chaos;

import java.util.Random;

/** A fault of one edge of the cluster, done by its proxy. */
final class EdgeFault implements LiveFault {

  private final FaultKind kind;
  private final String edge;
  private final ChaosProxy proxy;
  private final boolean forth;
  private final long size;
  private long before;
  private long after;

  EdgeFault(FaultKind kind, String edge, ChaosProxy proxy, Random random) {
    this.kind = kind;
    this.edge = edge;
    this.proxy = proxy;
    this.forth = random.nextBoolean();
    this.size = random.nextInt(4);
  }

  @Override
  public String target() {
    return kind == FaultKind.ONE_WAY ? edge + (forth ? " forth" : " back") : edge;
  }

  private long touched() {
    return kind == FaultKind.CUT
        ? proxy.cuts()
        : proxy.forth.touched.get() + proxy.back.touched.get();
  }

  @Override
  public void begin() {
    before = touched();
    switch (kind) {
      case CUT -> proxy.cut(true);
      case HALF_OPEN -> {
        proxy.forth.stalled = true;
        proxy.back.stalled = true;
      }
      case ONE_WAY -> (forth ? proxy.forth : proxy.back).stalled = true;
      case DELAY -> {
        proxy.forth.delayNanos = (50 + size * 50) * 1_000_000;
        proxy.back.delayNanos = (50 + size * 50) * 1_000_000;
      }
      case THROTTLE -> {
        proxy.forth.bytesPerSecond = 8_192 << size;
        proxy.back.bytesPerSecond = 8_192 << size;
      }
      default -> throw new IllegalStateException(kind.toString());
    }
  }

  @Override
  public void end() {
    after = touched();
    proxy.heal();
  }

  @Override
  public boolean bit() {
    return after > before;
  }

  @Override
  public String proof() {
    return after - before + (kind == FaultKind.CUT ? " connections reset" : " bytes held up");
  }
}
