/**
 * {@code carillon cluster} and {@code operation}: the cluster as an operator sees and handles it.
 */
package io.carillon.cli.cluster;
