/**
 * What holds of every call, method by method: which masters answer it, and which role it will take.
 * Pure: tables, and no decision of a single call.
 */
package io.carillon.master.access;
