/**
 * How writes of a leader come to their outcome: what is tried again, read back, looked into, or
 * written without what is in the way. Pure: a lane, the real one or that of the simulation, makes
 * the calls of the store, waits, and hands in the answers.
 */
package io.carillon.master.core.write;
