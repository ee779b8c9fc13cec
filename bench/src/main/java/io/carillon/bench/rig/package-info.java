/** A whole cluster for the length of one run: PostgreSQL, masters, clock nodes, a client. */
package io.carillon.bench.rig;
