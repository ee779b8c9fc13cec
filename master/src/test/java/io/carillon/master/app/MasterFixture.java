package io.carillon.master.app;

import com.google.protobuf.Any;
import com.google.protobuf.Duration;
import com.google.rpc.BadRequest;
import com.google.rpc.ErrorInfo;
import io.carillon.cluster.v1.NodeServiceGrpc;
import io.carillon.common.config.Listen;
import io.carillon.common.config.Records;
import io.carillon.master.TestDatabase;
import io.carillon.master.store.sql.DatabaseConfig;
import io.carillon.transport.Channels;
import io.carillon.v1.ClusterServiceGrpc;
import io.carillon.v1.CreateScheduleRequest;
import io.carillon.v1.CronRule;
import io.carillon.v1.GetClusterRequest;
import io.carillon.v1.IntervalRule;
import io.carillon.v1.Operation;
import io.carillon.v1.OperationServiceGrpc;
import io.carillon.v1.Schedule;
import io.carillon.v1.ScheduleServiceGrpc;
import io.carillon.v1.ScheduleSpec;
import io.carillon.v1.WaitOperationRequest;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Assertions;

/** A master on a schema of its own, and clients of both its ports. */
final class MasterFixture implements AutoCloseable {

  static final String TENANT = "tenants/default";

  final DatabaseConfig database;
  final MasterServer master;
  final ManagedChannel channel;
  final ManagedChannel nodeChannel;
  final ScheduleServiceGrpc.ScheduleServiceBlockingStub schedules;
  final OperationServiceGrpc.OperationServiceBlockingStub operations;
  final ClusterServiceGrpc.ClusterServiceBlockingStub cluster;
  final NodeServiceGrpc.NodeServiceBlockingStub nodes;

  MasterFixture() {
    this(TestDatabase.config());
  }

  MasterFixture(DatabaseConfig database) {
    this.database = database;
    try {
      master = MasterServer.start(config(database));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    channel = channel(master.port());
    nodeChannel = channel(master.nodePort());
    schedules = ScheduleServiceGrpc.newBlockingStub(channel);
    operations = OperationServiceGrpc.newBlockingStub(channel);
    cluster = ClusterServiceGrpc.newBlockingStub(channel);
    nodes = NodeServiceGrpc.newBlockingStub(nodeChannel);
  }

  static MasterConfig config(DatabaseConfig database) {
    return Records.with(MasterConfig.of(database), "listen", Listen.ANYWHERE);
  }

  static ManagedChannel channel(int port) {
    return Channels.to("127.0.0.1:" + port).build();
  }

  static ScheduleSpec cron(String expression) {
    return ScheduleSpec.newBuilder()
        .setCron(CronRule.newBuilder().setExpression(expression))
        .build();
  }

  static ScheduleSpec every(long seconds) {
    return ScheduleSpec.newBuilder()
        .setInterval(IntervalRule.newBuilder().setPeriod(Duration.newBuilder().setSeconds(seconds)))
        .build();
  }

  static CreateScheduleRequest request(String id, ScheduleSpec spec) {
    return CreateScheduleRequest.newBuilder()
        .setParent(TENANT)
        .setScheduleId(id)
        .setSchedule(Schedule.newBuilder().setSpec(spec))
        .build();
  }

  Schedule create(String id) {
    return schedules.createSchedule(request(id, cron("0 3 * * *")));
  }

  static String name(String id) {
    return TENANT + "/schedules/" + id;
  }

  /** The operation as it is when it has ended, which it must within a minute. */
  Operation ended(Operation operation) {
    Operation ended =
        operations.waitOperation(
            WaitOperationRequest.newBuilder().setName(operation.getName()).build());
    Assertions.assertNotEquals(Operation.State.RUNNING, ended.getState(), ended::toString);
    return ended;
  }

  /** Rows of everything that a client can make. */
  long rows() {
    return value(
        "select (select count(*) from schedule) + (select count(*) from revision) + (select"
            + " count(*) from create_request) + (select count(*) from fire)");
  }

  /** The first column, of whole numbers. */
  List<Long> values(String sql) {
    try (Connection connection = connect();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      List<Long> values = new ArrayList<>();
      while (rows.next()) {
        values.add(rows.getLong(1));
      }
      return values;
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  void execute(String sql) {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  Connection connect() throws SQLException {
    return DriverManager.getConnection(
        TestDatabase.config().url() + "&currentSchema=" + database.schema(),
        database.user(),
        database.password());
  }

  long value(String sql) {
    return values(sql).get(0);
  }

  long counter(String name) {
    return cluster.getCluster(GetClusterRequest.getDefaultInstance()).getCountersMap().get(name);
  }

  /** How a call is refused: "CODE REASON field position", without what is not there. */
  static String refusal(Callable<?> call) {
    StatusRuntimeException refused =
        Assertions.assertThrows(StatusRuntimeException.class, call::call);
    return text(refused);
  }

  static String text(StatusRuntimeException refused) {
    StringBuilder text = new StringBuilder(refused.getStatus().getCode().name());
    com.google.rpc.Status status = StatusProto.fromThrowable(refused);
    if (status.getDetailsCount() == 0) {
      return text.append(" without details: ").append(refused.getMessage()).toString();
    }
    try {
      for (Any detail : status.getDetailsList()) {
        if (detail.is(ErrorInfo.class)) {
          ErrorInfo error = detail.unpack(ErrorInfo.class);
          Assertions.assertEquals("carillon.io", error.getDomain());
          text.append(' ').append(error.getReason());
        } else if (detail.is(BadRequest.class)) {
          text.append(' ').append(detail.unpack(BadRequest.class).getFieldViolations(0).getField());
        }
      }
      String position =
          status.getDetails(0).unpack(ErrorInfo.class).getMetadataMap().get("position");
      return position == null ? text.toString() : text + " @" + position;
    } catch (com.google.protobuf.InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() {
    channel.shutdownNow();
    nodeChannel.shutdownNow();
    master.close();
  }
}
