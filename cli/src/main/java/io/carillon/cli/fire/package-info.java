/**
 * {@code carillon fire}, {@code verify}, {@code subscribe} and {@code destination}: the ledger and
 * its delivery.
 */
package io.carillon.cli.fire;
