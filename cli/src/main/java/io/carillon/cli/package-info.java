/**
 * The {@code carillon} command: a client of every service, and the place where servers are started
 * from. Data goes to stdout, talk and errors to stderr; {@link io.carillon.cli.terminal.ExitCode}
 * says what the exit codes mean.
 */
package io.carillon.cli;
