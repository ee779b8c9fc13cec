/** The one thread that owns the core of a leader, and what feeds it. */
package io.carillon.master.loop;
