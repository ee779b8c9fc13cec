/** The one thread that owns the core of a leader, and tasks that do not end in silence. */
package io.carillon.master.loop;
