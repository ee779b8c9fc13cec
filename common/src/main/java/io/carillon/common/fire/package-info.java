/** Fires as columns, and what they are called. */
package io.carillon.common.fire;
