/** Which master leads, and under which epoch. Pure: time and answers of the store are arguments. */
package io.carillon.master.election;
