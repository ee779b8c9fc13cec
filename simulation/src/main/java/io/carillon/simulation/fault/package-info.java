/** What is done to a cluster. */
package io.carillon.simulation.fault;
