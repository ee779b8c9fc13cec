/**
 * A master as a thing to embed or to run: its settings, its ports, the election thread, and what a
 * leadership is put together from. Wires the other packages; what is decided, they decide.
 */
package io.carillon.master.app;
