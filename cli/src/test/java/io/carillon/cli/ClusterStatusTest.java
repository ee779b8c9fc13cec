package io.carillon.cli;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class ClusterStatusTest {

  @Test
  void countersOfWhatHasNotHappenedAreLeftOutForPeopleAndThereForPrograms() throws Exception {
    try (FakeMaster master = new FakeMaster()) {
      String shown = master.run("cluster", "status").out();
      assertTrue(shown.contains("fires_recorded 7"), shown);
      assertFalse(shown.contains("fires_refused"), shown);
      String json = master.run("cluster", "status", "-o", "json").out();
      assertTrue(json.contains("\"fires_refused\": \"0\""), json);
    }
  }
}
