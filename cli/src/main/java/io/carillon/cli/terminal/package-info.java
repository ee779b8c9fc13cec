/**
 * What every command needs: the session with its connection options, output as table, JSON or YAML,
 * exit codes, failures in words, times and names as people write them. Knows no command.
 */
package io.carillon.cli.terminal;
