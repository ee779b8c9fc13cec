package io.carillon.cli.crontab;

import io.carillon.v1.CronRule.Dialect;
import java.util.SortedMap;

/**
 * One line that runs a command.
 *
 * @param line its number, from 1
 * @param expression the time fields; macros are spelled out, but for {@code @every}; or {@code
 *     at(local time)}
 * @param dialect as the file says, or as guessed
 * @param zone as {@code CRON_TZ} says; empty if nothing does
 * @param delayMinutes as {@code RANDOM_DELAY} says; 0 if nothing does
 * @param user of the system style; empty in the user style
 * @param command what cron hands to the shell: up to the first unescaped {@code %}
 * @param stdin what cron feeds to the command, or null
 * @param environment of the lines above it, without {@code CRON_TZ} and {@code RANDOM_DELAY}
 */
public record CrontabEntry(
    int line,
    String expression,
    Dialect dialect,
    String zone,
    int delayMinutes,
    String user,
    String command,
    String stdin,
    SortedMap<String, String> environment) {}
