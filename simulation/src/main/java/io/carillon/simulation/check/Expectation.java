package io.carillon.simulation.check;

import io.carillon.common.schedule.CatchUp;
import io.carillon.simulation.oracle.PlainSpec;

/** What a client requested with an operation that opens a revision, in the oracle's terms. */
public record Expectation(PlainSpec spec, CatchUp catchUp) {}
