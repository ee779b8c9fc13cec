/**
 * The protocol of clock nodes: registration, sessions, watches, and what the core's events say to
 * those who follow the cluster. Checks what arrives and hands it to the core; decides nothing.
 */
package io.carillon.master.node;
