/**
 * Carillon beside other schedulers, on the same server and the same work. {@code Peer} is one of
 * them inside a process of its own, {@code Stand} its processes as the harness sees them, {@code
 * Work} what they are all given, and {@code SideBySide} what came of it, side by side.
 */
package io.carillon.bench.peers;
