package io.carillon.cli.terminal;

import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.function.Function;

/** Everything of a paged list, one page at a time. */
public final class Pages<A, T> implements Iterator<T> {

  /** The most that the server gives. */
  public static final int SIZE = 1000;

  private final Function<String, A> read;
  private final Function<A, List<T>> items;
  private final Function<A, String> next;
  private final long limit;
  private Iterator<T> page = List.<T>of().iterator();
  private String token = "";
  private boolean last;
  private long given;

  /**
   * @param read the page that a token stands for
   * @param limit at most so many; 0 for all
   */
  public Pages(
      Function<String, A> read, Function<A, List<T>> items, Function<A, String> next, long limit) {
    this.read = read;
    this.items = items;
    this.next = next;
    this.limit = limit;
  }

  @Override
  public boolean hasNext() {
    if (limit > 0 && given >= limit) {
      return false;
    }
    while (!page.hasNext() && !last) {
      A answer = read.apply(token);
      page = items.apply(answer).iterator();
      token = next.apply(answer);
      last = token.isEmpty();
    }
    return page.hasNext();
  }

  @Override
  public T next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    given++;
    return page.next();
  }
}
