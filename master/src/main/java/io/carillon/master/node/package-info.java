/**
 * The protocol of clock nodes: registration, sessions, heartbeats, watches and pushes. Checks what
 * arrives and hands it to the core; decides nothing.
 */
package io.carillon.master.node;
