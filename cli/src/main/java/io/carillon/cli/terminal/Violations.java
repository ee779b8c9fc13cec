package io.carillon.cli.terminal;

import com.google.rpc.BadRequest.FieldViolation;
import io.carillon.client.CarillonException;
import java.util.stream.Collectors;

/** Field violations in words. */
public final class Violations {

  private Violations() {}

  /** The description alone: some begin with the field, which is told apart. */
  public static String description(FieldViolation violation) {
    String prefix = violation.getField() + ": ";
    return violation.getDescription().startsWith(prefix)
        ? violation.getDescription().substring(prefix.length())
        : violation.getDescription();
  }

  /** All of a refusal in one line, or its message where it names no field. */
  public static String inOneLine(CarillonException refusal) {
    return refusal.violations().isEmpty()
        ? refusal.getMessage()
        : refusal.violations().stream()
            .map(Violations::description)
            .collect(Collectors.joining("; "));
  }
}
