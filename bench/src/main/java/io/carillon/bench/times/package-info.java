/** The engine that computes times, measured by JMH beside other libraries. */
package io.carillon.bench.times;
