/** What a run says: the machine, the settings, the figures, and whether they count. */
package io.carillon.bench.report;
