/** Masters, clock nodes, clients and subscribers as processes: thin shells around the cores. */
package io.carillon.simulation.cluster;
