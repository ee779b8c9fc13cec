package io.carillon.master.api.schedule;

import io.carillon.master.api.call.ApiException;
import io.carillon.master.api.call.ResourceName;
import io.carillon.master.core.StoredSchedule;
import io.carillon.master.store.schedules.Schedules;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Finds schedules by name. Needs no leader. */
class ScheduleLookup {

  private final Schedules schedules;

  /** Tenants that were there once; they are not deleted. */
  private final Set<String> knownTenants = ConcurrentHashMap.newKeySet();

  ScheduleLookup(Schedules schedules) {
    this.schedules = schedules;
  }

  final String tenant(String parent) {
    String tenant = ResourceName.parseTenant("parent", parent);
    if (!knownTenants.contains(tenant)) {
      if (!schedules.tenantExists(tenant)) {
        throw ApiException.notFound("TENANT", ResourceName.tenant(tenant));
      }
      knownTenants.add(tenant);
    }
    return tenant;
  }

  final StoredSchedule find(String name) {
    return find("name", name);
  }

  final StoredSchedule find(String field, String name) {
    List<String> ids = ResourceName.parse(field, name, "tenants", "schedules");
    return schedules
        .find(ids.get(0), ids.get(1))
        .orElseThrow(() -> ApiException.notFound("SCHEDULE", name));
  }
}
