package io.carillon.master.api.call;

import com.google.rpc.Code;
import io.carillon.common.schedule.SpecException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * What is wrong with the fields of a request: each is looked at, whatever the others are like, so
 * that a client hears of all faults at once. What is made of the fields is used only after {@link
 * #refuse}.
 */
public final class Faults {

  /** Who gets so many wrong is helped enough by these. */
  private static final int MOST = 50;

  private final List<ApiException> invalid = new ArrayList<>(0);

  /** The first of those that are no fault of a field: something named is not there. */
  private ApiException other;

  /** What a field holds; {@code otherwise} if it is wrong. */
  public <T> T in(Supplier<T> field, T otherwise) {
    try {
      return field.get();
    } catch (ApiException fault) {
      add(fault);
      return otherwise;
    }
  }

  /** A check of a field. */
  public void in(Runnable field) {
    try {
      field.run();
    } catch (ApiException fault) {
      add(fault);
    }
  }

  /** The same of a part of a spec. {@code prefix} is the path of the spec in the request. */
  public <T> T inSpec(String prefix, Supplier<T> part, T otherwise) {
    try {
      return part.get();
    } catch (SpecException fault) {
      add(ApiException.invalid(prefix, fault));
      return otherwise;
    }
  }

  /** One that was found elsewhere. A field is named once. */
  public void add(ApiException fault) {
    if (fault.code() != Code.INVALID_ARGUMENT) {
      other = other == null ? fault : other;
    } else if (!isFull() && invalid.stream().noneMatch(named -> named.isOfSameField(fault))) {
      invalid.add(fault);
    }
  }

  public boolean isFull() {
    return invalid.size() >= MOST;
  }

  /** Whether fields are wrong. */
  public boolean any() {
    return !invalid.isEmpty();
  }

  /**
   * Refuses the request if anything is wrong with it.
   *
   * @throws ApiException that names all fields that are wrong; or else, if what one of them names
   *     is not there, that it is not
   */
  public void refuse() {
    if (!invalid.isEmpty()) {
      throw ApiException.all(invalid);
    }
    if (other != null) {
      throw other;
    }
  }
}
