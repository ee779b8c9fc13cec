/** The clock node as a thing to embed or to run: configuration, identity, and the loop thread. */
package io.carillon.clocknode.app;
