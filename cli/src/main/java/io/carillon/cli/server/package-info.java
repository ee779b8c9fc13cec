/**
 * Servers as commands: {@code dev}, {@code master}, {@code clock-node}, their settings from
 * options, environment and file, and the embedded PostgreSQL.
 */
package io.carillon.cli.server;
