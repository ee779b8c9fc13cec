/** Virtual time and what machines are made of: the queue, clocks, processes, the network. */
package io.carillon.simulation.world;
