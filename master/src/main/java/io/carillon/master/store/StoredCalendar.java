package io.carillon.master.store;

import io.carillon.common.schedule.DayRange;
import java.util.List;

/**
 * A calendar as it is stored.
 *
 * @param days sorted, disjoint, ranges that touch are joined
 * @param weekend bit 0 is Sunday, bit 6 Saturday
 */
public record StoredCalendar(
    int num,
    String tenant,
    String id,
    String displayName,
    List<DayRange> days,
    int weekend,
    long version,
    long createTime,
    long updateTime) {}
