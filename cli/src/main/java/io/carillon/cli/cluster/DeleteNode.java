package io.carillon.cli.cluster;

import io.carillon.cli.terminal.ClientCommand;
import io.carillon.cli.terminal.ExitCode;
import io.carillon.cli.terminal.Names;
import io.carillon.client.CarillonClient;
import io.carillon.v1.DeleteNodeRequest;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
    name = "delete-node",
    description = {
      "Forget a clock node that is DEAD or STOPPED, so that another one may have its id.",
      "One that was gone for seven days is forgotten by itself."
    })
final class DeleteNode extends ClientCommand {

  @Parameters(paramLabel = "NODE", description = "Id of the node, or its full name.")
  private String node;

  @Override
  protected int run(CarillonClient client) {
    String name = Names.node(node);
    var unused = client.cluster().deleteNode(DeleteNodeRequest.newBuilder().setName(name).build());
    say("deleted " + name);
    return ExitCode.OK;
  }
}
