package io.carillon.master.core.delivery;

/**
 * How hard to try.
 *
 * @param ackTimeoutMicros how long a subscriber has to acknowledge
 * @param maxAttempts after so many a fire is a dead letter
 */
public record DeliveryPolicy(long ackTimeoutMicros, int maxAttempts) {}
