/** The consistent hash ring: which node owns a partition, and which partition a schedule is in. */
package io.carillon.common.ring;
