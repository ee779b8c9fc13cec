package io.carillon.cli.server;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.carillon.cli.terminal.ExitCode;
import io.carillon.cli.terminal.GroupCommand;
import io.carillon.cli.terminal.Output;
import io.carillon.cli.terminal.Session;
import io.carillon.cli.terminal.Table;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(name = "config", description = "Settings of servers: what holds, and what there is.")
public final class ConfigCommand extends GroupCommand {
  @Override
  protected List<Class<?>> verbs() {
    return List.of(ConfigCommand.Print.class, ConfigCommand.Reference.class);
  }

  @Command(
      name = "print",
      description = "Show the settings that a server would run with, and where each comes from.")
  static final class Print extends GroupCommand {
    @Override
    protected List<Class<?>> verbs() {
      return List.of(PrintMaster.class, PrintClockNode.class, PrintDev.class);
    }
  }

  @Command(name = "master", description = "Those of a master.")
  static final class PrintMaster extends PrintServer {
    @Override
    ServerKind kind() {
      return ServerKind.MASTER;
    }
  }

  @Command(name = "clock-node", description = "Those of a clock node.")
  static final class PrintClockNode extends PrintServer {
    @Override
    ServerKind kind() {
      return ServerKind.CLOCK_NODE;
    }
  }

  @Command(name = "dev", description = "Those of dev.")
  static final class PrintDev extends PrintServer {
    @Override
    ServerKind kind() {
      return ServerKind.DEV;
    }
  }

  /** Reads and checks all, as the server does, and starts nothing. */
  abstract static class PrintServer implements Callable<Integer>, Session.Taker {

    @Spec private CommandSpec spec;
    private Session session;

    abstract ServerKind kind();

    @Override
    public final void take(Session given) {
      session = given;
    }

    @Override
    public Integer call() throws Exception {
      List<Settings.Effective> settings =
          SettingOptions.load(kind(), spec, session.world().environment()).effective();
      PrintWriter out = session.world().out();
      if (session.options().format() == Output.Format.JSON) {
        out.println(json(settings));
      } else {
        Table table = new Table(List.of("SETTING", "VALUE", "FROM"));
        for (Settings.Effective setting : settings) {
          String value = setting.shown();
          table.add(List.of(setting.spec().key(), value == null ? "" : value, setting.source()));
        }
        table.print(out);
      }
      out.flush();
      return ExitCode.OK;
    }

    private static String json(List<Settings.Effective> settings) {
      JsonArray all = new JsonArray();
      for (Settings.Effective setting : settings) {
        JsonObject one = new JsonObject();
        one.addProperty("key", setting.spec().key());
        one.addProperty("value", setting.shown());
        one.addProperty("source", setting.source());
        all.add(one);
      }
      return new GsonBuilder()
          .setPrettyPrinting()
          .serializeNulls()
          .disableHtmlEscaping()
          .create()
          .toJson(all);
    }
  }

  @Command(
      name = "reference",
      description = "Write docs/settings.md: all settings, made of what the program knows of them.")
  static final class Reference implements Callable<Integer>, Session.Taker {

    private Session session;

    @Override
    public void take(Session given) {
      session = given;
    }

    @Override
    public Integer call() {
      PrintWriter out = session.world().out();
      out.print(SettingsReference.markdown());
      out.flush();
      return ExitCode.OK;
    }
  }
}
