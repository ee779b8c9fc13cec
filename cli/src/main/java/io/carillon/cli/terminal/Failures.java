package io.carillon.cli.terminal;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.rpc.BadRequest.FieldViolation;
import io.carillon.client.CarillonException;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** Tells the user what went wrong and what to do next, and sets the exit code. */
public final class Failures implements IExecutionExceptionHandler, IParameterExceptionHandler {

  private static final Gson JSON = new GsonBuilder().disableHtmlEscaping().create();

  private final Session session;

  public Failures(Session session) {
    this.session = session;
  }

  @Override
  public int handleParseException(ParameterException wrong, String[] arguments) {
    CommandLine command = wrong.getCommandLine();
    String next = "see `" + command.getCommandSpec().qualifiedName() + " --help`";
    return report(
        "INVALID_ARGUMENT",
        wrong.getMessage() + "; " + next,
        null,
        ExitCode.USAGE,
        asksForJson(arguments));
  }

  /** The arguments could not be parsed, so the option has no value yet. */
  private boolean asksForJson(String[] arguments) {
    for (int i = 0; i < arguments.length; i++) {
      String argument = arguments[i];
      if (argument.equals("-ojson")
          || argument.equals("-o=json")
          || argument.equals("--output=json")) {
        return true;
      }
      if (argument.equals("-o") || argument.equals("--output")) {
        return i + 1 < arguments.length && arguments[i + 1].equals("json");
      }
    }
    return "json".equals(session.world().environment().get("CARILLON_OUTPUT"));
  }

  @Override
  public int handleExecutionException(Exception thrown, CommandLine command, ParseResult parsed) {
    boolean json = session.options().format() == Output.Format.JSON;
    if (thrown instanceof ParameterException wrong) {
      return handleParseException(wrong, new String[0]);
    }
    if (thrown instanceof UsageException) {
      String next = "see `" + command.getCommandSpec().qualifiedName() + " --help`";
      return report(
          "INVALID_ARGUMENT", thrown.getMessage() + "; " + next, null, ExitCode.USAGE, json);
    }
    if (thrown instanceof CarillonException || thrown instanceof StatusRuntimeException) {
      CarillonException refused = CarillonException.of(thrown);
      return report(
          refused.code().name(), withNextStep(refused), refused, ExitCode.of(refused.code()), json);
    }
    if (thrown instanceof StartException failed) {
      return report("FAILED_START", failed.getMessage(), null, failed.exitCode(), json);
    }
    if (thrown instanceof InterruptedException) {
      return ExitCode.INTERRUPTED;
    }
    if (thrown instanceof IOException failed) {
      return report("IO", readable(failed), null, ExitCode.OTHER, json);
    }
    if (thrown instanceof InvalidPathException) {
      return report("INVALID_ARGUMENT", thrown.getMessage(), null, ExitCode.USAGE, json);
    }
    thrown.printStackTrace(session.world().err());
    return report(
        "INTERNAL",
        "a bug in the command: " + thrown + "; please report it",
        null,
        ExitCode.OTHER,
        json);
  }

  /** In words, where the message of such an exception is no more than a path. */
  public static String readable(IOException failure) {
    if (failure instanceof NoSuchFileException) {
      return "no such file: " + failure.getMessage();
    }
    if (failure instanceof AccessDeniedException) {
      return failure.getMessage() + ": permission denied";
    }
    if (failure instanceof FileAlreadyExistsException) {
      return failure.getMessage() + " is no folder";
    }
    return String.valueOf(failure.getMessage());
  }

  private String withNextStep(CarillonException refused) {
    String servers = String.join(",", session.options().servers());
    if (refused.code() == Status.Code.UNAVAILABLE && refused.reason().isEmpty()) {
      return "cannot reach a master at "
          + servers
          + "; start one with `"
          + session.world().command()
          + " dev` or give --server ("
          + refused.getMessage()
          + ")";
    }
    if (refused.reason().equals("NO_LEADER")) {
      return refused.getMessage() + " (asked " + servers + ")";
    }
    if (refused.reason().equals("LEADER_LOST")) {
      return refused.getMessage() + "; see whether it was done, and repeat it if not";
    }
    if (refused.code() == Status.Code.DEADLINE_EXCEEDED) {
      return "no answer from " + servers + " in time; try again, or give a longer --timeout";
    }
    if (refused.code() == Status.Code.UNIMPLEMENTED) {
      return "the server at "
          + servers
          + " does not offer this: is it a Carillon master, and its public port? ("
          + refused.getMessage()
          + ")";
    }
    if (refused.reason().equals("ETAG_MISMATCH")) {
      return refused.getMessage() + "; somebody changed it meanwhile: read it again and repeat";
    }
    return refused.getMessage();
  }

  private int report(
      String code, String message, CarillonException refused, int exit, boolean json) {
    PrintWriter err = session.world().err();
    if (json) {
      err.println(JSON.toJson(asJson(code, message, refused, exit)));
    } else {
      // No line but the first begins where lines do.
      err.println("carillon: " + Printable.lines(message).replace("\n", "\n  "));
      if (refused != null) {
        for (FieldViolation violation : refused.violations()) {
          String line = violation.getField() + ": " + Violations.description(violation);
          if (!message.equals(line)) {
            err.println("  " + Printable.line(line));
          }
        }
      }
    }
    err.flush();
    return exit;
  }

  private static JsonObject asJson(
      String code, String message, CarillonException refused, int exit) {
    JsonObject error = new JsonObject();
    error.addProperty("code", code);
    error.addProperty("message", message);
    error.addProperty("exitCode", exit);
    if (refused != null) {
      if (!refused.reason().isEmpty()) {
        error.addProperty("reason", refused.reason());
      }
      if (!refused.metadata().isEmpty()) {
        error.add("metadata", JSON.toJsonTree(refused.metadata()));
      }
      if (!refused.violations().isEmpty()) {
        JsonArray fields = new JsonArray();
        for (FieldViolation violation : refused.violations()) {
          JsonObject field = new JsonObject();
          field.addProperty("field", violation.getField());
          field.addProperty("description", Violations.description(violation));
          fields.add(field);
        }
        error.add("fieldViolations", fields);
      }
    }
    JsonObject whole = new JsonObject();
    whole.add("error", error);
    return whole;
  }
}
