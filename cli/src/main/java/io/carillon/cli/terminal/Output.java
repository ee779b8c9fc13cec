package io.carillon.cli.terminal;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageOrBuilder;
import com.google.protobuf.util.JsonFormat;
import java.io.PrintWriter;
import java.util.Iterator;
import java.util.List;
import java.util.function.Function;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** How results are written to stdout. */
public final class Output {

  /** As chosen by {@code -o}. */
  public enum Format {
    TABLE,
    JSON
  }

  /** Takes the formats in lower case only, so that there is one way to write them. */
  static final class FormatConverter implements ITypeConverter<Format> {
    @Override
    public Format convert(String text) {
      return switch (text) {
        case "table" -> Format.TABLE;
        case "json" -> Format.JSON;
        default -> throw new TypeConversionException("\"" + text + "\" is neither table nor json");
      };
    }
  }

  /** A column of a table. */
  public record Column<T>(String title, Function<T, String> cell) {}

  private static final JsonFormat.Printer PRETTY = JsonFormat.printer();
  private static final JsonFormat.Printer LINE =
      JsonFormat.printer().omittingInsignificantWhitespace();
  private static final int PAGE = 500;

  private final PrintWriter out;
  private final Format format;

  Output(PrintWriter out, Format format) {
    this.out = out;
    this.format = format;
  }

  public boolean isJson() {
    return format == Format.JSON;
  }

  /** One message: as JSON, or as titles with values. */
  public <T extends MessageOrBuilder> void one(T message, List<Column<T>> columns) {
    if (isJson()) {
      out.println(json(PRETTY, message));
    } else {
      int width = columns.stream().mapToInt(c -> c.title().length()).max().orElse(0);
      for (Column<T> column : columns) {
        String value = Printable.lines(column.cell().apply(message));
        if (!value.isEmpty()) {
          out.println(
              Printable.pad(column.title() + ":", width + 2)
                  + value.replace("\n", "\n" + " ".repeat(width + 2)));
        }
      }
    }
    out.flush();
  }

  /** A list, written as it is read: memory does not grow with its length. */
  public <T extends MessageOrBuilder> void list(Iterator<T> messages, List<Column<T>> columns) {
    if (isJson()) {
      out.print("[");
      String separator = "\n";
      while (messages.hasNext()) {
        out.print(separator + json(PRETTY, messages.next()));
        separator = ",\n";
      }
      out.println(separator.equals("\n") ? "]" : "\n]");
    } else {
      Table table = new Table(columns.stream().map(Column::title).toList());
      while (messages.hasNext()) {
        T message = messages.next();
        table.add(columns.stream().map(c -> c.cell().apply(message)).toList());
        if (table.size() == PAGE) {
          table.print(out);
        }
      }
      table.print(out);
    }
    out.flush();
  }

  /** One of many that come one by one: a line each. */
  public <T extends MessageOrBuilder> void line(T message, Function<T, String> text) {
    out.println(isJson() ? json(LINE, message) : Printable.line(text.apply(message)));
    out.flush();
  }

  private static String json(JsonFormat.Printer printer, MessageOrBuilder message) {
    try {
      return printer.print(message);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("cannot write this as JSON: " + e.getMessage(), e);
    }
  }
}
