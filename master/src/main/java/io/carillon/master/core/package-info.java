/**
 * What a leader decides, as plain state machines: assignment, registration, what is recorded, what
 * is changed. Inputs and the time go in, commands come out.
 *
 * <p>Nothing here reads a clock, starts a thread, draws a random number or talks to anybody, so the
 * simulation runs this very code in virtual time. All times are microseconds since
 * 1970-01-01T00:00Z on cluster time, unless a name says otherwise. Every class is for one thread.
 */
package io.carillon.master.core;
