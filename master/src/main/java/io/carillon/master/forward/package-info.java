/** Calls that reach a follower go to the leader, byte for byte. */
package io.carillon.master.forward;
