/**
 * OperationService: operations are read, waited for and cancelled. They are started by the service
 * whose work they are.
 */
package io.carillon.master.api.operation;
