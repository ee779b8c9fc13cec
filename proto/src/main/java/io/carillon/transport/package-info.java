/**
 * How the programs of Carillon reach each other: addresses of masters as {@code host:port}, read
 * and resolved in one way, and the channels to them. Knows no message.
 */
package io.carillon.transport;
