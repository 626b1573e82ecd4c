package org.dinovmf.tools;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.dinovmf.savedmodel.Encoder;
import org.dinovmf.tools.embed.EmbedConfig;
import org.dinovmf.tools.features.Framing;
import org.dinovmf.training.data.DataException;
import org.dinovmf.training.data.ImageDecoder;
import org.dinovmf.training.data.TextFile;
import org.dinovmf.training.eval.video.MaskImage;
import org.dinovmf.training.eval.video.PropagationConfig;
import org.dinovmf.training.eval.video.VideoScores;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** {@code dino-vmf eval video}: objects followed through videos. */
@Command(
    name = "video",
    mixinStandardHelpOptions = true,
    description = {
      "Objects followed through videos.",
      "Carries the mask of the first frame through each video by the similarity of patches, and",
      "scores regions (J) and boundaries (F) as DAVIS 2017 does: mean, share of frames above one half,",
      "and decay from the first to the last quarter (Caron et al. 2021, section 4.3). Beside it the",
      "scores of a tracker that copies the first mask to every frame. The patches of a video are many,",
      "and are not kept in --cache."
    },
    footer = {"", "Example:", "  dino-vmf eval video --run runs/a --data DAVIS --list val.txt"})
public final class VideoCommand implements Callable<Integer> {

  private static final ObjectMapper JSON = ResultJson.mapper();

  @Mixin private EvaluationOptions options;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      required = true,
      description = "Folder with JPEGImages/480p and Annotations/480p, as DAVIS has them.")
  private Path data;

  @Option(
      names = "--list",
      paramLabel = "FILE",
      description = "Names of the videos, a line each (default: all that have masks).")
  private Optional<Path> list;

  @Option(
      names = "--image-size",
      paramLabel = "PIXELS",
      defaultValue = "480",
      description =
          "Shorter side of a frame in the encoder; the longer side is rounded down to a multiple of "
              + "64 pixels (default: ${DEFAULT-VALUE}).")
  private int imageSize;

  /** Scores of both trackers. */
  private record Scores(VideoScores tracked, VideoScores copied) {}

  @Override
  public Integer call() throws IOException {
    options.refuseCache("frames are seen one after the other; leave it out");
    EmbedConfig config = options.config();
    VideoFolder folder = new VideoFolder(data);
    List<String> names = names(folder);
    List<VideoScores.ObjectScores> tracked = new ArrayList<>();
    List<VideoScores.ObjectScores> copied = new ArrayList<>();
    Map<String, Scores> scores = new LinkedHashMap<>();
    try (Encoder encoder = options.open(config).encoder();
        ImageDecoder decoder =
            new ImageDecoder(
                config.limits(), encoder.spec().channels(), config.decoding(), config.threads())) {
      Framing framing = framing(encoder.spec().encoder().patchSize());
      framing.requireServed(encoder);
      VideoTracker tracker =
          new VideoTracker(
              encoder, decoder, framing, PropagationConfig.published(config.threads()));
      for (String name : names) {
        VideoFolder.Video video = folder.video(name);
        List<MaskImage> truth = VideoFolder.masks(video);
        MaskImage first = truth.get(0);
        List<VideoScores.ObjectScores> ours =
            VideoScores.objects(tracker.follow(video, first), truth);
        List<VideoScores.ObjectScores> copies =
            VideoScores.objects(VideoTracker.copies(first, truth.size()), truth);
        if (ours.isEmpty()) {
          throw new DataException("the masks of video '%s' have no object".formatted(name));
        }
        tracked.addAll(ours);
        copied.addAll(copies);
        scores.put(name, new Scores(VideoScores.of(ours), VideoScores.of(copies)));
        options.err().printf("%d of %d videos%n", scores.size(), names.size());
        options.err().flush();
      }
    }
    scores.put("all", new Scores(VideoScores.of(tracked), VideoScores.of(copied)));
    print(scores);
    return ExitCode.OK;
  }

  private List<String> names(VideoFolder folder) throws IOException {
    List<String> names = list.isPresent() ? TextFile.names(list.get()) : folder.names();
    if (names.isEmpty()) {
      throw new DataException("there is no video to follow in '%s'".formatted(list.orElse(data)));
    }
    return names;
  }

  private Framing framing(int patch) {
    try {
      return new Framing.Frame(imageSize, patch);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(options.commandLine(), "--image-size: " + e.getMessage(), e);
    }
  }

  private void print(Map<String, Scores> scores) throws IOException {
    StringBuilder table = new StringBuilder();
    table.append(
        "%-20s   J&F      J  recall  decay      F  recall  decay   copied: J&F%n".formatted(""));
    ObjectNode json = JSON.createObjectNode();
    ObjectNode results = json.putObject("results");
    for (Map.Entry<String, Scores> row : scores.entrySet()) {
      VideoScores tracked = row.getValue().tracked();
      table.append(
          String.format(
              Locale.ROOT,
              "%-20s %5.1f  %5.1f  %6.1f  %5.1f  %5.1f  %6.1f  %5.1f  %12.1f%n",
              row.getKey(),
              100 * tracked.mean(),
              100 * tracked.region().mean(),
              100 * tracked.region().recall(),
              100 * tracked.region().decay(),
              100 * tracked.boundary().mean(),
              100 * tracked.boundary().recall(),
              100 * tracked.boundary().decay(),
              100 * row.getValue().copied().mean()));
      ObjectNode one = results.putObject(row.getKey());
      one.set("tracked", json(tracked));
      one.set("copied", json(row.getValue().copied()));
    }
    options.print(table.toString(), json);
  }

  private static ObjectNode json(VideoScores scores) {
    ObjectNode json = JSON.createObjectNode();
    json.put("mean", scores.mean());
    json.setAll((ObjectNode) JSON.valueToTree(scores));
    return json;
  }
}
