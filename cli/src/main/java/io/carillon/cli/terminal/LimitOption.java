package io.carillon.cli.terminal;

import java.util.List;
import java.util.function.Function;
import picocli.CommandLine.Option;

/** How much of a list is wanted, and that much of it. */
public final class LimitOption {

  @Option(
      names = "--limit",
      paramLabel = "N",
      defaultValue = "0",
      description = "At most so many (default: all).")
  private long limit;

  /** The size of the pages to ask for. */
  public int pageSize() {
    return limit > 0 && limit < Pages.SIZE ? (int) limit : Pages.SIZE;
  }

  /**
   * @param read the page that a token stands for
   */
  public <A, T> Pages<A, T> pages(
      Function<String, A> read, Function<A, List<T>> items, Function<A, String> next) {
    return new Pages<>(read, items, next, limit);
  }
}
