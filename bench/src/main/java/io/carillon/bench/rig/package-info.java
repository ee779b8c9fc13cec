/** A whole cluster for the length of one run: PostgreSQL, a master, clock nodes, a client. */
package io.carillon.bench.rig;
