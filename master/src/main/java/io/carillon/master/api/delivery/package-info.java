/** DeliveryService and DestinationService: subscribers' streams, and what they subscribe to. */
package io.carillon.master.api.delivery;
