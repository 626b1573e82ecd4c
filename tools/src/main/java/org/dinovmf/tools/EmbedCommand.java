package org.dinovmf.tools;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.IntConsumer;
import org.dinovmf.savedmodel.Encoder;
import org.dinovmf.savedmodel.Versions;
import org.dinovmf.tools.embed.DecodedBatches;
import org.dinovmf.tools.embed.Digests;
import org.dinovmf.tools.embed.EmbedConfig;
import org.dinovmf.tools.embed.EmbeddingExport;
import org.dinovmf.tools.embed.EmbeddingFormat;
import org.dinovmf.tools.embed.EmbeddingJob;
import org.dinovmf.tools.embed.EncodingOptions;
import org.dinovmf.tools.embed.ImageRow;
import org.dinovmf.tools.embed.UnitLength;
import org.dinovmf.tools.features.PooledTokens;
import org.dinovmf.training.data.ImageIndex;
import org.dinovmf.training.data.ImageIndexer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code dino-vmf embed --model DIR --data DIR --out DIR}. */
@Command(
    name = "embed",
    mixinStandardHelpOptions = true,
    description = {
      "Embeds images through an exported model into embeddings.npy, float32 [N, D], and",
      "images.csv, which says for each row: row,path,status,reason. A bad image keeps its row: NaN,",
      "and the reason in images.csv. By embeddings.json 'search' knows the encoder again. Give the",
      "same command again to go on after a stop."
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      " 0:done, even if some images are bad",
      " 1:failure",
      " 2:invalid arguments",
      " 3:no image can be used",
      "75:stopped by Ctrl-C; the same command goes on"
    },
    footer = {
      "",
      "Example:",
      "  dino-vmf embed --model models/a --data photos --out embeddings/photos"
    })
public final class EmbedCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Option(
      names = "--model",
      paramLabel = "DIR",
      required = true,
      description = "Exported model: the folder of its versions, or one version.")
  private Path model;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      required = true,
      description = "Folder of images, or a text file with a path a line; may be given again.")
  private List<Path> data;

  @Option(names = "--out", paramLabel = "DIR", required = true, description = "Folder to write to.")
  private Path out;

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      split = ",",
      description = {
        "What to write besides embeddings.npy: csv, arrow, projector (of TensorBoard); several with",
        "commas between."
      })
  private Set<EmbeddingFormat> formats = EnumSet.noneOf(EmbeddingFormat.class);

  @Option(
      names = "--pooling",
      paramLabel = "WHICH",
      defaultValue = "cls",
      converter = PooledTokensConverter.class,
      description =
          "cls: the class token; mean-patch: the mean of the patches (default: ${DEFAULT-VALUE}).")
  private PooledTokens pooling;

  @Option(names = "--normalize", description = "Give embeddings unit length.")
  private boolean isNormalized;

  @Mixin private EncodingOptions encoding;

  @Override
  public Integer call() throws IOException {
    PrintWriter err = spec.commandLine().getErr();
    EmbedConfig config = encoding.config(spec.commandLine());
    EmbeddingExport export = new EmbeddingExport(formats, config);
    EmbeddingJob.requireUnfinished(out, export);
    Path version = Versions.resolve(model);
    ImageIndex index = ImageIndexer.scan(data, config.limits(), config.threads());
    index.census().lines().forEach(err::println);
    try (Encoder encoder = Encoder.load(version, config.threads());
        DecodedBatches<?> embedder = pooling.embedder(encoder, config);
        StopSignal stop = StopSignal.install(err, "what is embedded is kept")) {
      IntConsumer lines = Progress.lines(err, index.size() + index.census().damaged().size());
      EmbeddingJob.Summary summary =
          EmbeddingJob.run(
              isNormalized ? new UnitLength(embedder) : embedder,
              source(version),
              export,
              Optional.of(pooling.testEmbedding(encoder)),
              ImageRow.of(index),
              out,
              done -> {
                lines.accept(done);
                return !stop.isRequested();
              });
      return report(summary, embedder.dimension());
    }
  }

  /** The model, and what is done with what it gives. */
  private String source(Path version) throws IOException {
    String model = Digests.ofFolder(version);
    return model
        + (pooling == PooledTokens.CLS ? "" : ", " + pooling.label())
        + (isNormalized ? ", of unit length" : "");
  }

  private int report(EmbeddingJob.Summary summary, int dimension) {
    PrintWriter err = spec.commandLine().getErr();
    if (summary.resumed() > 0) {
      err.printf("%d rows were there from before%n", summary.resumed());
    }
    if (!summary.isFinished()) {
      err.printf(
          "stopped after %d of %d images%s; give the same command again to go on%n",
          summary.done(),
          summary.rows(),
          summary.done() < summary.rows() ? "" : ", before other formats were whole");
      return ExitCodes.STOPPED;
    }
    if (summary.bad() > 0) {
      err.printf("%d images have no embedding; images.csv in '%s' says why%n", summary.bad(), out);
    }
    spec.commandLine()
        .getOut()
        .printf("%d embeddings of %d values in %s%n", summary.rows(), dimension, out);
    return ExitCodes.DONE;
  }
}
