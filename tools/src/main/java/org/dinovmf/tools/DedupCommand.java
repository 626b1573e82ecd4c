package org.dinovmf.tools;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.dinovmf.graph.preprocessing.Channels;
import org.dinovmf.tools.embed.Csv;
import org.dinovmf.tools.embed.EmbedConfig;
import org.dinovmf.tools.embed.EncodingOptions;
import org.dinovmf.tools.page.ImagesPage;
import org.dinovmf.tools.page.Pictures;
import org.dinovmf.training.analysis.DuplicateGroups;
import org.dinovmf.training.checkpoint.AtomicFile;
import org.dinovmf.training.data.ImageDecoder;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code dino-vmf dedup}: images that are there twice. */
@Command(
    name = "dedup",
    mixinStandardHelpOptions = true,
    description = {
      "Groups the images of an embedded folder that are nearly the same, by a greedy scan in the",
      "order of the rows: one within --threshold of an image that was kept, by 1 - cosine, joins the",
      "nearest such. Prints every image of a group of two or more as CSV: group,path,kept,distance.",
      "Nothing is deleted."
    },
    footer = {
      "",
      "Example:",
      "  dino-vmf dedup --embeddings embeddings/photos --data photos --page duplicates.html"
    })
public final class DedupCommand implements Callable<Integer> {

  /** So many groups are on a page; the CSV has all. */
  private static final int MOST_GROUPS = 200;

  private static final int MOST_IMAGES = 12;

  @Spec private CommandSpec spec;

  @Option(
      names = "--threshold",
      paramLabel = "DISTANCE",
      defaultValue = "0.01",
      description = "1 - cosine below which two images are one (default: ${DEFAULT-VALUE}).")
  private double threshold;

  @Mixin private EmbeddedOptions embedded;

  @Mixin private EncodingOptions encoding;

  @Override
  public Integer call() throws IOException {
    EmbedConfig config = encoding.config(spec.commandLine());
    if (!(threshold > 0 && threshold <= 2)) {
      throw new ParameterException(
          spec.commandLine(), "--threshold must be above 0 and at most 2, but is " + threshold);
    }
    EmbeddedImages images = embedded.read(config);
    DuplicateGroups groups = DuplicateGroups.ofRows(images.rows(), threshold, config.threads());
    Map<Integer, List<Integer>> members = new TreeMap<>();
    for (int row = 0; row < images.rows().size(); row++) {
      if (groups.sizeOf(row) > 1) {
        members.computeIfAbsent(groups.representative(row), kept -> new ArrayList<>()).add(row);
      }
    }
    print(images, members);
    if (embedded.page().isPresent()) {
      try (ImageDecoder decoder =
          new ImageDecoder(config.limits(), Channels.COLOR, config.decoding(), config.threads())) {
        AtomicFile.writeText(embedded.page().get(), html(images, members, new Pictures(decoder)));
      }
    }
    return ExitCodes.DONE;
  }

  private void print(EmbeddedImages images, Map<Integer, List<Integer>> members) {
    PrintWriter out = spec.commandLine().getOut();
    out.print(Csv.line(List.of("group", "path", "kept", "distance")));
    int number = 0;
    for (Map.Entry<Integer, List<Integer>> group : members.entrySet()) {
      number++;
      for (int row : group.getValue()) {
        out.print(
            Csv.line(
                List.of(
                    Integer.toString(number),
                    images.paths().get(row),
                    row == group.getKey() ? "yes" : "no",
                    distance(images, group.getKey(), row))));
      }
    }
    out.flush();
    int extra = members.values().stream().mapToInt(rows -> rows.size() - 1).sum();
    PrintWriter err = spec.commandLine().getErr();
    err.printf(
        "%d of %d images are like another, in %d groups%n",
        extra, images.rows().size(), members.size());
    err.flush();
  }

  private String html(EmbeddedImages images, Map<Integer, List<Integer>> members, Pictures pictures)
      throws IOException {
    List<ImagesPage.Group> shown = new ArrayList<>();
    int number = 0;
    for (Map.Entry<Integer, List<Integer>> group : members.entrySet()) {
      number++;
      if (number > MOST_GROUPS) {
        break;
      }
      List<ImagesPage.Entry> entries = new ArrayList<>();
      for (int row : group.getValue().subList(0, Math.min(MOST_IMAGES, group.getValue().size()))) {
        entries.add(
            new ImagesPage.Entry(
                images.paths().get(row),
                images.file(row),
                distance(images, group.getKey(), row) + " " + images.paths().get(row)));
      }
      shown.add(
          new ImagesPage.Group(
              "group %d, %d images".formatted(number, group.getValue().size()), entries));
    }
    return ImagesPage.html(
        "Images that are nearly the same",
        "%d of %d groups; 1 - cosine to the first is below %s."
            .formatted(shown.size(), members.size(), threshold),
        shown,
        pictures);
  }

  private static String distance(EmbeddedImages images, int kept, int row) {
    float[] a = images.rows().get(kept);
    float[] b = images.rows().get(row);
    double dot = 0;
    double aa = 0;
    double bb = 0;
    for (int i = 0; i < a.length; i++) {
      dot += (double) a[i] * b[i];
      aa += (double) a[i] * a[i];
      bb += (double) b[i] * b[i];
    }
    return String.format(Locale.ROOT, "%.5f", Math.max(0, 1 - dot / Math.sqrt(aa * bb)));
  }
}
