/** Recurrence rules of RFC 5545 on local times: read, printed, counted. */
package io.carillon.common.recurrence;
