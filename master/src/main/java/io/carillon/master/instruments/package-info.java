/**
 * What a master measures at its edges, by the names under which it is read. Cores have no part in
 * it: they count for themselves, and their reports are read.
 */
package io.carillon.master.instruments;
