/** What a fire is: its id, its kind, what became of it, and why it was skipped. */
package io.carillon.common.fire;
