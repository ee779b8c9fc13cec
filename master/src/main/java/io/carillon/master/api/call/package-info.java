/**
 * What every call of the public API needs: refusals that name field and reason, names of resources,
 * page tokens, field masks, times on the wire. Knows no service.
 */
package io.carillon.master.api.call;
