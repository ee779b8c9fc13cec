/**
 * What every command needs: the session with its connection options, output as table or JSON, exit
 * codes, failures in words, logs, times and names as people write them. Knows no command.
 */
package io.carillon.cli.terminal;
