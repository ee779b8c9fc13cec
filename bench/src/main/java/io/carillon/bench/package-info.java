/**
 * The benchmark harness: one command for each scenario. {@code rig} stands a cluster up, {@code
 * load} gives it work and reads what became of it, {@code report} says so.
 */
package io.carillon.bench;
