/**
 * Addresses of masters, as {@code host:port}: one way to read and to resolve them for all who
 * connect to one.
 */
package io.carillon.address;
