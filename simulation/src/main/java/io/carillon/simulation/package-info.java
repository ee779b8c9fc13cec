/** The cores of masters and clock nodes in one thread and virtual time, with faults. */
package io.carillon.simulation;
