package io.carillon.cli.crontab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carillon.cli.crontab.Crontab.Style;
import io.carillon.cli.crontab.CrontabSchedules.Planned;
import io.carillon.v1.CronRule.Dialect;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CrontabParserTest {

  private static Crontab user(String text) {
    return CrontabParser.parse(text.getBytes(StandardCharsets.UTF_8), Style.USER);
  }

  private static Crontab system(String text) {
    return CrontabParser.parse(text.getBytes(StandardCharsets.UTF_8), Style.SYSTEM);
  }

  private static CrontabEntry only(Crontab crontab) {
    assertEquals(List.of(), crontab.refusals());
    assertEquals(1, crontab.entries().size());
    return crontab.entries().get(0);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "0 3 * * * cmd | UNIX | 0 3 * * * | cmd",
        "0 3 * * * 7z a | UNIX | 0 3 * * * | 7z a",
        "0 3 * * * mon start | UNIX | 0 3 * * * | mon start",
        "0 3 * * * [ -x /a ] | UNIX | 0 3 * * * | [ -x /a ]",
        "0 3 * * * -x | UNIX | 0 3 * * * | -x",
        "H H(0-5)/2 * * * cmd | UNIX | H H(0-5)/2 * * * | cmd",
        "*/10 * * * * * cmd | SECONDS | */10 * * * * * | cmd",
        "0 30 9 * * 1-5 cmd x | SECONDS | 0 30 9 * * 1-5 | cmd x",
        "0 30 9 * * MON-FRI cmd | SECONDS | 0 30 9 * * MON-FRI | cmd",
        "0 0 12 * * ? cmd | QUARTZ | 0 0 12 * * ? | cmd",
        "0 0 12 L * ? cmd x | QUARTZ | 0 0 12 L * ? | cmd x",
        "0 0 12 ? * MON#2 cmd | QUARTZ | 0 0 12 ? * MON#2 | cmd",
        "0 0 12 ? * 6L 2026-2028 cmd | QUARTZ | 0 0 12 ? * 6L 2026-2028 | cmd",
        "0 0 12 15W * ? * cmd | QUARTZ | 0 0 12 15W * ? * | cmd",
        "@every 1h30m cmd x | UNIX | @every 1h30m | cmd x",
        "@Every PT90S cmd | UNIX | @Every PT90S | cmd",
      })
  void theDialectIsGuessed(String line, Dialect dialect, String expression, String command) {
    CrontabEntry entry = only(user(line));
    assertEquals(dialect, entry.dialect());
    assertEquals(expression, entry.expression());
    assertEquals(command, entry.command());
    assertEquals("root", only(system(line.replace(command, "root " + command))).user());
  }

  @Test
  void theFileCanSayTheDialect() {
    Crontab crontab =
        user(
            "CRON_DIALECT=quartz\n0 0 9 1 * MON cmd\nCRON_DIALECT=Unix\n0 3 * * * * x\n"
                + "CRON_DIALECT=\n0 3 * * * * x\nCRON_DIALECT=vixie\nCRON_DIALECT=seconds\n0 3 * * *\n");
    assertEquals(
        List.of(Dialect.QUARTZ, Dialect.UNIX, Dialect.SECONDS),
        crontab.entries().stream().map(CrontabEntry::dialect).toList());
    assertEquals("* x", crontab.entries().get(1).command());
    assertEquals(Map.of(), crontab.entries().get(0).environment());
    assertEquals(
        List.of(
            "CRON_DIALECT is unix, seconds or quartz, not vixie",
            "expected six time fields and a command"),
        crontab.refusals().stream().map(Crontab.Refusal::reason).toList());
  }

  @Test
  void aMissingCommandNamesTheNumberOfFields() {
    assertTrue(user("0 3 * * * 5").refusals().get(0).reason().contains("after six time fields"));
    assertTrue(user("0 0 12 L * ?").refusals().get(0).reason().contains("six or seven"));
  }

  @Test
  void commentsAndBlankLinesAreNothing() {
    Crontab crontab = user("# a\n\n   \t\n  # b\n\t#c\n");
    assertEquals(new Crontab(List.of(), List.of(), List.of()), crontab);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "0 3 * * * cmd | 0 3 * * * | cmd",
        "`0\t3\t*\t*\t*\tcmd with args` | 0 3 * * * | cmd with args",
        "`  */5  *  *  *  1-5   cmd  ` | */5 * * * 1-5 | cmd",
        "-*/15 * * * * cmd | */15 * * * * | cmd",
        "@daily cmd | 0 0 * * * | cmd",
        "@MIDNIGHT cmd | 0 0 * * * | cmd",
        "@hourly cmd | 0 * * * * | cmd",
        "@weekly cmd | 0 0 * * 0 | cmd",
        "@monthly cmd | 0 0 1 * * | cmd",
        "@yearly cmd | 0 0 1 1 * | cmd",
        "@annually cmd | 0 0 1 1 * | cmd",
        "0 0 * * mon,TUE A=b cmd | 0 0 * * mon,TUE | A=b cmd",
        "* * * * * [ -x /a ] && b=c # no comment | * * * * * | [ -x /a ] && b=c # no comment",
      })
  void aLineHasATimeAndACommand(String line, String expression, String command) {
    CrontabEntry entry = only(user(line));
    assertEquals(expression, entry.expression());
    assertEquals(command, entry.command());
    assertEquals("", entry.user());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "mail -s x%body | mail -s x | `body\n`",
        "mail%a%b%c | mail | `a\nb\nc\n`",
        "mail%a% | mail | `a\n`",
        "date +\\%F | date +%F | ",
        "date +\\%F%in\\%put | date +%F | `in%put\n`",
        "cat% | cat | ``",
        "cat%% | cat | `\n`",
        "echo \\\\n | echo \\\\n | ",
        "echo \\\\%in | echo \\\\ | `in\n`",
        "echo \\\\\\%in | echo \\\\%in | ",
        "echo a\\b\\%c%d | echo a\\b%c | `d\n`",
        "cat%a\\\\%b | cat | `a\\%b\n`",
        "cat%a\\nb\\ | cat | `a\\nb\\\n`",
      })
  void aPercentSignEndsTheCommand(String text, String command, String stdin) {
    CrontabEntry entry = only(user("* * * * * " + text));
    assertEquals(command, entry.command());
    assertEquals(stdin, entry.stdin());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "SHELL=/bin/bash | SHELL | /bin/bash",
        "  PATH = /a:/b   | PATH | /a:/b",
        "MAILTO=\"\" | MAILTO | ``",
        "MAILTO= | MAILTO | ``",
        "A=\"x y\" | A | x y",
        "A='x \"y' | A | x \"y",
        "\"MY NAME\"=1 | MY NAME | 1",
        "A=\"half | A | \"half",
        "A=$HOME/bin # not a comment | A | $HOME/bin # not a comment",
        "TZ=Asia/Tokyo | TZ | Asia/Tokyo",
      })
  void assignmentsGoToTheEnvironmentOfTheLinesBelow(String line, String name, String value) {
    CrontabEntry entry = only(user(line + "\n* * * * * cmd"));
    assertEquals(Map.of(name, value), entry.environment());
    assertEquals("", entry.zone());
  }

  @Test
  void anAssignmentDoesNotReachBack() {
    Crontab crontab = user("A=1\n* * * * * x\nA=2\nB=3\n* * * * * y\n");
    assertEquals(Map.of("A", "1"), crontab.entries().get(0).environment());
    assertEquals(Map.of("A", "2", "B", "3"), crontab.entries().get(1).environment());
  }

  @Test
  void cronTzHoldsFromItsLineOn() {
    Crontab crontab =
        user(
            "@daily a\nCRON_TZ=Europe/Berlin\n@daily b\nCRON_TZ=\"Asia/Tokyo\"\n@daily c\nCRON_TZ=\n@daily d\n");
    assertEquals(
        List.of("", "Europe/Berlin", "Asia/Tokyo", ""),
        crontab.entries().stream().map(CrontabEntry::zone).toList());
    assertTrue(crontab.entries().stream().allMatch(entry -> entry.environment().isEmpty()));
  }

  @Test
  void theSystemStyleHasAUser() {
    CrontabEntry entry = only(system("*/5 * * * *\troot   test -x /usr/sbin/x && y\n"));
    assertEquals("root", entry.user());
    assertEquals("test -x /usr/sbin/x && y", entry.command());
    assertEquals("www-data", only(system("@daily www-data php cron.php")).user());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "* * * * | five time fields",
        "hello | five time fields",
        "* * * * * | no command",
        "@daily | no command after @daily",
        "@reboot cmd | @reboot means the start of a machine",
        "@fortnightly cmd | unknown macro @fortnightly",
        "@every 5m | no command after @every 5m",
        "@every | @every needs a distance",
        "* * * * * %input | no command before",
        "0 2 * * 2 * /opt/weekly | five time fields and a stray *",
        "1 5 cron.daily nice run-parts /etc/cron.daily | anacrontab",
        "@monthly 45 cron.monthly nice run-parts /etc/cron.monthly | anacrontab",
        "RANDOM_DELAY=soon | RANDOM_DELAY is a number of minutes",
        "at(tomorrow) cmd | at(tomorrow) is no local time",
        "rate(5 weeks) cmd | five time fields",
      })
  void faultyLinesAreRefusedWithTheirNumber(String line, String reason) {
    Crontab crontab = user("# first\n" + line + "\n@daily good\n");
    assertEquals(1, crontab.refusals().size(), crontab.toString());
    assertEquals(2, crontab.refusals().get(0).line());
    assertTrue(crontab.refusals().get(0).reason().contains(reason), crontab.toString());
    assertEquals(3, crontab.entries().get(0).line());
  }

  @Test
  void sixFieldsThatEndWithAStarAreReadAsSecondsButNotSilently() {
    Crontab crontab =
        user("*/10 * * * * * a\n0 30 9 * * 1-5 b\nCRON_DIALECT=seconds\n1 2 3 4 5 * c");
    assertEquals(List.of(), crontab.refusals());
    assertEquals(List.of(1), crontab.notes().stream().map(Crontab.Note::line).toList());
    assertEquals(List.of("a", "b", "c"), crontab.entries().stream().map(e -> e.command()).toList());
  }

  @Test
  void aRandomDelayIsAJitterOfTheLinesBelowIt() {
    Crontab crontab = user("@daily a\nRANDOM_DELAY=30\n@daily b\nRANDOM_DELAY=0\n@daily c\n");
    assertEquals(
        List.of(0, 30, 0), crontab.entries().stream().map(CrontabEntry::delayMinutes).toList());
    assertEquals(Map.of(), crontab.entries().get(1).environment());
    List<Planned> planned = plan("p", "UTC", "RANDOM_DELAY=30\n@daily b\n");
    assertEquals(1800, planned.get(0).schedule().getSpec().getJitter().getSeconds());
    assertNotEquals(plan("p", "UTC", "@daily b\n").get(0).id(), planned.get(0).id());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "CRON_TZ=Asia/Tokyo 0 9 * * * cmd x | Asia/Tokyo | 0 9 * * *",
        "TZ=Europe/Berlin @daily cmd x | Europe/Berlin | 0 0 * * *",
        "TZ='Europe/Berlin' 0~30 9 * * * cmd x | Europe/Berlin | 0~30 9 * * *",
      })
  void aZoneMayStandBeforeTheTimesOfALine(String line, String zone, String expression) {
    Crontab crontab = user(line + "\n@daily other\n");
    assertEquals(List.of(zone, ""), crontab.entries().stream().map(CrontabEntry::zone).toList());
    assertEquals(expression, crontab.entries().get(0).expression());
    assertEquals("cmd x", crontab.entries().get(0).command());
    assertEquals(Map.of(), crontab.entries().get(1).environment());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "cron(0 12 ? * MON-FRI *) cmd x | QUARTZ | 0 0 12 ? * MON-FRI *",
        "cron(30 9 L-1 * ? *) cmd x | QUARTZ | 0 30 9 L-1 * ? *",
        "rate(5 minutes) cmd x | UNIX | @every 5m",
        "rate(1 hour) cmd x | UNIX | @every 1h",
        "Rate(7 days) cmd x | UNIX | @every 7d",
        "at(2026-11-20T13:00:00) cmd x | UNIX | at(2026-11-20T13:00:00)",
        "@every_minute cmd x | UNIX | * * * * *",
      })
  void theFormsOfOtherSchedulersAreRead(String line, Dialect dialect, String expression) {
    CrontabEntry entry = only(user(line));
    assertEquals(dialect, entry.dialect());
    assertEquals(expression, entry.expression());
    assertEquals("cmd x", entry.command());
  }

  @Test
  void aSingleLocalTimeBecomesAnInstantOfTheZone() {
    Planned planned =
        plan("p", "UTC", "CRON_TZ=Europe/Berlin\nat(2026-11-20T13:00:00) cmd\n").get(0);
    assertEquals(1_795_176_000, planned.schedule().getSpec().getOnce().getAt().getSeconds());
  }

  @Test
  void aWordThatIsNoUserIsRefusedInTheSystemStyle() {
    Crontab crontab =
        system(
            "*/5 * * * * cd ./web && php cron.php\n0 2 * * * /etc/daily > /x\n"
                + "1 1 * * * \"a b\" c\n0 3 * * * CORP\\svc run\n0 4 * * * www.site run x\n");
    assertEquals(List.of(1, 2, 3), crontab.refusals().stream().map(Crontab.Refusal::line).toList());
    assertTrue(crontab.refusals().get(0).reason().contains("\"cd\" is no user"));
    assertTrue(crontab.refusals().get(1).reason().contains("\"/etc/daily\" is no user"));
    assertTrue(crontab.refusals().get(1).reason().contains("--style user"));
    assertEquals(
        List.of("run", "run x"), crontab.entries().stream().map(CrontabEntry::command).toList());
  }

  @Test
  void aSystemLineWithoutAUserIsRefused() {
    Crontab crontab = system("* * * * * backup\n* * * * *\n");
    assertTrue(crontab.refusals().get(0).reason().contains("--style user"));
    assertTrue(crontab.refusals().get(1).reason().contains("no command"));
  }

  @Test
  void windowsLineEndsAndAMissingLastOneAreFine() {
    Crontab crontab = user("\uFEFFA=1\r\n@daily a\r\n\r\n@hourly b");
    assertEquals(List.of(), crontab.refusals());
    assertEquals(List.of("a", "b"), crontab.entries().stream().map(CrontabEntry::command).toList());
    assertEquals("1", crontab.entries().get(0).environment().get("A"));
  }

  @Test
  void bytesThatAreNotUtf8AreRefusedWithTheirLine() {
    byte[] latin1 =
        "@daily a\n@daily caf\u00e9\n@daily \u00fc%\n@daily d\0\n"
            .getBytes(StandardCharsets.ISO_8859_1);
    Crontab crontab = CrontabParser.parse(latin1, Style.USER);
    assertEquals(List.of(2, 3, 4), crontab.refusals().stream().map(Crontab.Refusal::line).toList());
    assertTrue(crontab.refusals().get(0).reason().contains("UTF-8"));
    assertEquals("a", only(new Crontab(crontab.entries(), List.of(), List.of())).command());
    assertEquals("echo gr\u00fc\u00df", only(user("@daily echo gr\u00fc\u00df")).command());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "/etc/crontab | anything | SYSTEM",
        "/x/cron.d/php | anything | SYSTEM",
        "/tmp/a | `0 3 * * * root backup --all\n@daily www-data x y` | SYSTEM",
        "/tmp/a | `0 3 * * * backup --all` | USER",
        "/tmp/a | `0 3 * * * root backup --all\n0 4 * * * /bin/x y` | SYSTEM",
        "/tmp/a | `0 3 * * * root -b -q fit.C` | USER",
        "/tmp/a | `*/5 * * * * cd ./web && php cron.php\n0 1 * * * apache ./app rotate` | SYSTEM",
        "/x/etc/crontab | `0 2 * * * /etc/daily > /var/log/daily\n30 5 1 * * /bin/sh /etc/monthly` | USER",
        "/x/etc/crontab | `0 2 * * * deploy /srv/run\n@daily deploy y z` | SYSTEM",
        "/x/etc/crontab | `0 2 * * * deploy /srv/run\n30 5 1 * * /bin/sh /etc/monthly` | ",
        "/x/cron.d/app | `*/5 * * * * cd ./web && php cron.php` | SYSTEM",
        "/x/cron.d/app | `cron(0 12 ? * MON-FRI *) /bin/x y` | USER",
        "/tmp/a | `0 3 * * * root` | USER",
        "/tmp/a | `# nothing` | USER",
        "/tmp/a | `H 3 * * * root backup\n0 0 12 L * ? root x\n@every 90s root y z` | SYSTEM",
        "/tmp/a | `0 0 12 L * ? /bin/report` | USER",
      })
  void theStyleIsGuessed(String path, String content, Style style) {
    assertEquals(
        Optional.ofNullable(style), StyleGuess.of(path, content.getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void idsDependOnWhatALineSaysAndNotOnWhereItStands() {
    List<Planned> first = plan("p", "UTC", "@daily a b\n@hourly c\n@daily a b\n");
    List<Planned> moved =
        plan("p", "UTC", "X=1\n\n@hourly c\n@daily a b\n# z\n0 0 * * *  a b%input\n");
    assertEquals(ids(first).sorted().toList(), ids(moved).sorted().toList());
    assertEquals(3, ids(first).distinct().count());
    assertTrue(ids(first).allMatch(id -> id.matches("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")));
    assertNotEquals(first.get(0).id(), plan("q", "UTC", "@daily a b").get(0).id());
    assertNotEquals(first.get(0).id(), plan("p", "Asia/Tokyo", "@daily a b").get(0).id());
  }

  @Test
  void idsAreValidWhateverTheCommandIs() {
    String long1 = "x".repeat(300);
    for (String command :
        List.of("\u00fc\u00fc\u00fc", "/usr/bin/A_B.C", "---", "(cd /x; y)", long1)) {
      String id = plan("\u00dcber Pr\u00e4fix ".repeat(9), "UTC", "@daily " + command).get(0).id();
      assertTrue(id.matches("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"), id);
    }
  }

  private static Stream<String> ids(List<Planned> planned) {
    return planned.stream().map(Planned::id);
  }

  private static List<Planned> plan(String prefix, String zone, String text) {
    return new CrontabSchedules(prefix, zone, "", Map.of()).plan(user(text).entries());
  }
}
