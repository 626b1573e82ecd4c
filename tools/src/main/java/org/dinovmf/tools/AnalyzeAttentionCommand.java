package org.dinovmf.tools;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.dinovmf.graph.preprocessing.EvalTransform;
import org.dinovmf.tools.embed.EmbedConfig;
import org.dinovmf.tools.page.Attention;
import org.dinovmf.tools.page.AttentionPage;
import org.dinovmf.training.checkpoint.AtomicFile;
import org.dinovmf.training.data.ImageDecoder;
import org.dinovmf.training.data.ImageFile;
import org.dinovmf.training.data.ImageIndexer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code dino-vmf analyze attention RUN}. */
@Command(
    name = "attention",
    mixinStandardHelpOptions = true,
    description = {
      "Draws what the class token of the teacher's last block attends to: attention.html, a contact",
      "sheet of all images, and for each image a folder with image.png, mean.png and a PNG for each",
      "head, head-1.png and on, as large as what the encoder saw."
    },
    footer = {"", "Example:", "  dino-vmf analyze attention runs/a --data photos --out attention"})
public final class AnalyzeAttentionCommand implements Callable<Integer> {

  private static final String PAGE = "attention.html";

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "RUN", description = "Folder of the run.")
  private Path run;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      required = true,
      description = "Folder of images, or a text file with a path a line; may be given again.")
  private List<Path> data;

  @Option(names = "--out", paramLabel = "DIR", required = true, description = "Folder to write to.")
  private Path out;

  @Option(
      names = "--size",
      paramLabel = "PIXELS",
      description = {
        "Side of the square that is looked at, a multiple of the patch size (default: twice that of",
        "the evaluation, and a border as there)."
      })
  private Optional<Integer> size = Optional.empty();

  @Option(
      names = "--max-images",
      paramLabel = "N",
      defaultValue = "100",
      description = "The first so many images (default: ${DEFAULT-VALUE}).")
  private int maxImages;

  @Mixin private EncodingOptions encoding;

  @Override
  public Integer call() throws IOException {
    EmbedConfig config = encoding.config(spec.commandLine());
    if (maxImages < 1) {
      throw new ParameterException(
          spec.commandLine(), "--max-images must be at least 1, but is " + maxImages);
    }
    try (StudiedRun studied =
        StudiedRun.open(run, config.threads(), spec.commandLine().getErr()::println)) {
      EvalTransform transform = transform(studied);
      List<ImageFile> all = ImageIndexer.scan(data, config.limits(), config.threads()).images();
      List<ImageFile> files = all.subList(0, Math.min(maxImages, all.size()));
      try (ImageDecoder decoder =
          new ImageDecoder(
              config.limits(),
              studied.encoder().spec().channels(),
              config.decoding(),
              config.threads())) {
        List<Attention> maps = AttentionMaps.of(studied.encoder(), transform, decoder, files);
        Files.createDirectories(out);
        for (Attention map : maps) {
          map.write(out);
        }
        AtomicFile.writeText(out.resolve(PAGE), AttentionPage.html(run.toString(), maps));
        PrintWriter print = spec.commandLine().getOut();
        print.printf("attention of %d images in %s%n", maps.size(), out.resolve(PAGE));
        print.flush();
      }
    }
    return ExitCodes.DONE;
  }

  private EvalTransform transform(StudiedRun studied) {
    int patch = studied.config().model().encoder().patchSize();
    if (size.isEmpty()) {
      return AttentionMaps.standard(studied.encoder());
    }
    if (size.get() < patch || size.get() % patch != 0) {
      throw new ParameterException(
          spec.commandLine(),
          "--size must be a multiple of the patch size %d, but is %d; use %d"
              .formatted(patch, size.get(), Math.max(patch, size.get() / patch * patch)));
    }
    return EvalTransform.whole(size.get());
  }
}
