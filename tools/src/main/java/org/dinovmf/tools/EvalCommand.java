package org.dinovmf.tools;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code dino-vmf eval}: how good an encoder's embeddings are. */
@Command(
    name = "eval",
    mixinStandardHelpOptions = true,
    description = "Evaluates an encoder on labeled images.",
    subcommands = {
      KnnCommand.class,
      LinearCommand.class,
      FewShotCommand.class,
      ClusterCommand.class,
      RetrievalCommand.class,
      CopyCommand.class,
      VideoCommand.class
    })
public final class EvalCommand implements Runnable {

  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "a protocol must be named, such as: dino-vmf eval knn");
  }
}
