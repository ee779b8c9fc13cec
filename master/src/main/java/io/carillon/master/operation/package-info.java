/**
 * Work that goes on after its call was answered: it is stored, resumed by the next leader, waited
 * for and cancelled. What the work is, those who start it say.
 */
package io.carillon.master.operation;
