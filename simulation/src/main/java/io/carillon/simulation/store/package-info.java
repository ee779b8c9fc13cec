/** What stands for PostgreSQL. */
package io.carillon.simulation.store;
