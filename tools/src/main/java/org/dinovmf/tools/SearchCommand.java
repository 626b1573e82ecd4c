package org.dinovmf.tools;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.dinovmf.savedmodel.Bitmap;
import org.dinovmf.savedmodel.Encoder;
import org.dinovmf.savedmodel.Versions;
import org.dinovmf.tools.embed.Csv;
import org.dinovmf.tools.embed.EmbedConfig;
import org.dinovmf.tools.embed.EncodingOptions;
import org.dinovmf.tools.page.ImagesPage;
import org.dinovmf.tools.page.Pictures;
import org.dinovmf.training.checkpoint.AtomicFile;
import org.dinovmf.training.data.BadImageException;
import org.dinovmf.training.data.DataException;
import org.dinovmf.training.data.DecodedImage;
import org.dinovmf.training.data.ImageDecoder;
import org.dinovmf.training.eval.NeighborSearch;
import org.dinovmf.training.eval.Neighbors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code dino-vmf search}: images like one. */
@Command(
    name = "search",
    mixinStandardHelpOptions = true,
    description = {
      "Finds the images of an embedded folder that are most like a query, by the cosine of the",
      "embeddings, and prints them as CSV: rank,path,cosine. With --page they are shown as well."
    },
    footer = {
      "",
      "Example:",
      "  dino-vmf search --model models/a --embeddings embeddings/photos --query cat.jpg --data photos --page cats.html"
    })
public final class SearchCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Option(
      names = "--model",
      paramLabel = "DIR",
      required = true,
      description = "The exported model that embedded the folder.")
  private Path model;

  @Option(names = "--query", paramLabel = "IMAGE", required = true, description = "Image file.")
  private Path query;

  @Option(
      names = "--k",
      paramLabel = "K",
      defaultValue = "20",
      description = "How many images (default: ${DEFAULT-VALUE}).")
  private int k;

  @Mixin private EmbeddedOptions embedded;

  @Mixin private EncodingOptions encoding;

  @Override
  public Integer call() throws IOException {
    EmbedConfig config = encoding.config(spec.commandLine());
    if (k < 1) {
      throw new ParameterException(spec.commandLine(), "--k must be at least 1, but is " + k);
    }
    EmbeddedImages images = embedded.read(config);
    Path version = Versions.resolve(model);
    try (Encoder encoder = Encoder.load(version, config.threads());
        ImageDecoder decoder =
            new ImageDecoder(
                config.limits(), encoder.spec().channels(), config.decoding(), config.threads())) {
      embedded.requireModel(encoder, version, spec.commandLine());
      float[] wanted = encoder.embed(bitmap(decoder))[0];
      int width = images.rows().get(0).length;
      if (wanted.length != width) {
        throw new ParameterException(
            spec.commandLine(),
            "--embeddings must be of the model, whose embeddings have %d values, but have %d"
                .formatted(wanted.length, width));
      }
      Neighbors found =
          NeighborSearch.nearest(
                  images.rows(),
                  List.of(wanted),
                  Math.min(k, images.rows().size()),
                  config.threads())
              .get(0);
      print(images, found);
      if (embedded.page().isPresent()) {
        AtomicFile.writeText(embedded.page().get(), html(images, found, new Pictures(decoder)));
      }
    }
    return ExitCodes.DONE;
  }

  private byte[] bitmap(ImageDecoder decoder) throws IOException {
    try {
      DecodedImage image = decoder.decode(Files.readAllBytes(query));
      return Bitmap.of(image.width(), image.height(), image.channels(), image.pixels());
    } catch (BadImageException e) {
      throw new DataException(
          "--query '%s' cannot be read: %s".formatted(query, e.getMessage()), e);
    }
  }

  private void print(EmbeddedImages images, Neighbors found) {
    PrintWriter out = spec.commandLine().getOut();
    out.print(Csv.line(List.of("rank", "path", "cosine")));
    for (int place = 0; place < found.size(); place++) {
      out.print(
          Csv.line(
              List.of(
                  Integer.toString(place + 1),
                  images.paths().get(found.row(place)),
                  cosine(found.cosine(place)))));
    }
    out.flush();
  }

  private String html(EmbeddedImages images, Neighbors found, Pictures pictures)
      throws IOException {
    List<ImagesPage.Entry> entries = new ArrayList<>();
    for (int place = 0; place < found.size(); place++) {
      int row = found.row(place);
      entries.add(
          new ImagesPage.Entry(
              images.paths().get(row),
              images.file(row),
              cosine(found.cosine(place)) + " " + images.paths().get(row)));
    }
    return ImagesPage.html(
        "Like " + query,
        "The nearest of %d images by the cosine of their embeddings, the nearest first."
            .formatted(images.rows().size()),
        List.of(new ImagesPage.Group(query.toString(), entries)),
        pictures);
  }

  private static String cosine(float cosine) {
    return String.format(Locale.ROOT, "%.4f", cosine);
  }
}
