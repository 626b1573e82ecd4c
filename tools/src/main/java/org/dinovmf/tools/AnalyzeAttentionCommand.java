package org.dinovmf.tools;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.dinovmf.graph.preprocessing.EvalTransform;
import org.dinovmf.savedmodel.Encoder;
import org.dinovmf.tools.embed.EmbedConfig;
import org.dinovmf.tools.embed.EncodingOptions;
import org.dinovmf.tools.page.AnimatedGif;
import org.dinovmf.tools.page.Attention;
import org.dinovmf.tools.page.AttentionPage;
import org.dinovmf.training.checkpoint.AtomicFile;
import org.dinovmf.training.data.DamagedFile;
import org.dinovmf.training.data.ImageDecoder;
import org.dinovmf.training.data.ImageFile;
import org.dinovmf.training.data.ImageIndex;
import org.dinovmf.training.data.ImageIndexer;
import picocli.CommandLine.ArgGroup;
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
      "head, head-1.png and on, of the part of the image that the encoder saw and in its own pixels.",
      "With --video, the mean of the heads is laid over the frames of a video instead, as large as",
      "the first: frame-00001.png and on, and attention.gif, on one scale of colors for all frames.",
      "Of pictures whose longer side is above " + Attention.MOST_SIDE + " pixels, it becomes that."
    },
    footer = {
      "",
      "Examples:",
      "  dino-vmf analyze attention runs/a --data photos --out attention",
      "  dino-vmf analyze attention runs/a --video frames --out attention"
    })
public final class AnalyzeAttentionCommand implements Callable<Integer> {

  private static final String PAGE = "attention.html";
  private static final int MOST_IMAGES = 100;

  /** Of films on television; videos of DAVIS have 24. */
  private static final int FRAMES_PER_SECOND = 25;

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "RUN", description = "Folder of the run.")
  private Path run;

  @ArgGroup(multiplicity = "1")
  private Source source;

  /** One of the two. */
  private static final class Source {
    @Option(
        names = "--data",
        paramLabel = "DIR",
        description = "Folder of images, or a text file with a path a line; may be given again.")
    private List<Path> data = List.of();

    @Option(
        names = "--video",
        paramLabel = "DIR",
        description = "Folder of the frames of a video, in the order of their names.")
    private Optional<Path> video = Optional.empty();
  }

  @Option(
      names = "--out",
      paramLabel = "DIR",
      required = true,
      description = {
        "Folder to write to, outside those of the images; with --video, one without frames of before."
      })
  private Path out;

  @Option(
      names = "--size",
      paramLabel = "PIXELS",
      description = {
        "Side of the square that is looked at, or shorter side of all of a frame, a multiple of the",
        "patch size (default: twice that of the evaluation, and with --data a border as there)."
      })
  private Optional<Integer> size = Optional.empty();

  @Option(
      names = "--max-images",
      paramLabel = "N",
      description =
          "The first so many images or frames (default: " + MOST_IMAGES + " images, all frames).")
  private Optional<Integer> maxImages = Optional.empty();

  @Option(
      names = "--fps",
      paramLabel = "N",
      description =
          "With --video: frames a second of attention.gif, at most "
              + AnimatedGif.MOST_FRAMES_A_SECOND
              + " (default: "
              + FRAMES_PER_SECOND
              + ").")
  private Optional<Integer> framesPerSecond = Optional.empty();

  @Mixin private EncodingOptions encoding;

  @Override
  public Integer call() throws IOException {
    EmbedConfig config = encoding.config(spec.commandLine());
    checkNumbers();
    List<Path> folders = source.video.map(List::of).orElse(source.data);
    checkOutput(folders);
    try (StudiedRun studied =
        StudiedRun.open(run, config.threads(), spec.commandLine().getErr()::println)) {
      EvalTransform transform = transform(studied);
      ImageIndex index = ImageIndexer.scan(folders, config.limits(), config.threads());
      for (DamagedFile damaged : index.census().damaged()) {
        spec.commandLine()
            .getErr()
            .println("left out: %s: %s".formatted(damaged.relativePath(), damaged.reason()));
      }
      List<ImageFile> all = index.images();
      int most = maxImages.orElse(source.video.isPresent() ? all.size() : MOST_IMAGES);
      List<ImageFile> files = all.subList(0, Math.min(most, all.size()));
      try (ImageDecoder decoder =
          new ImageDecoder(
              config.limits(),
              studied.encoder().spec().channels(),
              config.decoding(),
              config.threads())) {
        PrintWriter print = spec.commandLine().getOut();
        if (source.video.isPresent()) {
          VideoAttention video = new VideoAttention(studied.encoder(), decoder, transform.crop());
          int frames =
              video.write(
                  files,
                  framesPerSecond.orElse(FRAMES_PER_SECOND),
                  out,
                  spec.commandLine().getErr()::println);
          print.printf(
              "attention of %d frames in %s%n", frames, out.resolve(VideoAttention.ANIMATION));
        } else {
          int images = writeSheet(studied.encoder(), transform, decoder, files);
          print.printf("attention of %d images in %s%n", images, out.resolve(PAGE));
        }
        print.flush();
      }
    }
    return ExitCodes.DONE;
  }

  private void checkOutput(List<Path> folders) throws IOException {
    OutputFolder folder = new OutputFolder(out);
    boolean isVideo = source.video.isPresent();
    folder.requireOutside(isVideo ? "--video" : "--data", folders, spec.commandLine());
    if (isVideo) {
      folder.requireNoFrames(spec.commandLine());
    }
  }

  private void checkNumbers() {
    if (maxImages.isPresent() && maxImages.get() < 1) {
      throw new ParameterException(
          spec.commandLine(), "--max-images must be at least 1, but is " + maxImages.get());
    }
    if (framesPerSecond.isEmpty()) {
      return;
    }
    int frames = framesPerSecond.get();
    if (source.video.isEmpty()) {
      throw new ParameterException(spec.commandLine(), "--fps belongs to --video; leave it out");
    }
    if (frames < 1 || frames > AnimatedGif.MOST_FRAMES_A_SECOND) {
      throw new ParameterException(
          spec.commandLine(),
          "--fps must be in 1..%d, but is %d".formatted(AnimatedGif.MOST_FRAMES_A_SECOND, frames));
    }
  }

  /** The sheet and a folder for each image; how many there are. */
  private int writeSheet(
      Encoder encoder, EvalTransform transform, ImageDecoder decoder, List<ImageFile> files)
      throws IOException {
    AttentionPage page = new AttentionPage(run.toString());
    int[] written = {0};
    new AttentionMaps(encoder, transform, decoder, spec.commandLine().getErr()::println)
        .each(
            files,
            map -> {
              map.write(out);
              page.add(map);
              written[0]++;
            });
    AtomicFile.writeText(out.resolve(PAGE), page.html());
    return written[0];
  }

  private EvalTransform transform(StudiedRun studied) {
    if (size.isEmpty()) {
      return AttentionMaps.standard(studied.encoder());
    }
    int patch = studied.config().model().encoder().patchSize();
    WholePatches.require("--size", size.get(), patch, spec.commandLine());
    return EvalTransform.whole(size.get());
  }
}
