/** What schedules mean, said a second time: plain, slow, and sharing nothing with the engine. */
package io.carillon.simulation.oracle;
