package io.carillon.master.api.call;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.google.rpc.ErrorInfo;
import io.carillon.master.store.lead.DeposedException;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.sql.SQLException;
import java.util.concurrent.CompletionException;
import org.jooq.exception.DataAccessException;
import org.junit.jupiter.api.Test;

class CallsTest {

  private static DataAccessException sql(String state) {
    return new DataAccessException("x", new SQLException("secret", state));
  }

  private static String reason(Throwable failure) throws Exception {
    StatusRuntimeException status = Calls.refusal(failure);
    return status.getStatus().getCode()
        + " "
        + StatusProto.fromThrowable(status).getDetails(0).unpack(ErrorInfo.class).getReason();
  }

  @Test
  void faultsOfTheRequestKeepTheirReason() throws Exception {
    assertEquals("INVALID_ARGUMENT FIELD_REQUIRED", reason(ApiException.required("name")));
    assertEquals(
        "INVALID_ARGUMENT FIELD_REQUIRED",
        reason(new CompletionException(ApiException.required("name"))));
  }

  @Test
  void troubleWithTheStoreSaysThatARetryMayHelp() throws Exception {
    for (String state : new String[] {null, "08006", "57P01", "57014", "40P01", "55P03"}) {
      assertEquals("UNAVAILABLE STORE_UNAVAILABLE", reason(sql(state)));
    }
    assertEquals(
        "UNAVAILABLE NOT_LEADER", reason(new DataAccessException("x", new DeposedException(3))));
  }

  @Test
  void bugsOfOursShowNothingButAnId() throws Exception {
    for (Throwable bug : new Throwable[] {new IllegalStateException("secret"), sql("42601")}) {
      assertEquals("INTERNAL INTERNAL", reason(bug));
      assertFalse(Calls.refusal(bug).getStatus().getDescription().contains("secret"));
    }
  }

  @Test
  void aStatusPassesAsItIs() {
    assertEquals(
        Status.Code.CANCELLED,
        Calls.refusal(Status.CANCELLED.asRuntimeException()).getStatus().getCode());
  }
}
