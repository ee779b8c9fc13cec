/** What must hold, whatever happens, and what must come to be once nothing is broken any more. */
package io.carillon.simulation.check;
