package org.dinovmf.savedmodel;

import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;
import org.tensorflow.TensorFlow;
import org.tensorflow.exceptions.TensorFlowException;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.SavedModel;
import org.tensorflow.types.TString;

/**
 * Writes the encoder of a checkpoint as a SavedModel for servers and for {@link Encoder}.
 *
 * <p>The graph is a fresh one for inference alone: nothing of the training graph gets into it.
 */
public final class EncoderExporter {

  private static final int ALL_CORES = 0;

  private EncoderExporter() {}

  /**
   * Exports an encoder as the next version below a model's folder.
   *
   * <p>The version is written into a folder aside, whose name servers skip, loaded again, compared
   * with the graph it came from, and then renamed; so a version that is seen is whole and right.
   * Weights that are rounded are compared with those of the checkpoint before, see {@link
   * WeightType#distance}.
   *
   * <p>Signature {@code serving_default} takes {@code image_bytes [batch]}, whole image files, and
   * gives {@code embedding [batch, dim]} with a row of NaN for an image that cannot be decoded, and
   * {@code valid [batch]}, which says so. The others take {@code pixels [batch, height, width, 3]}:
   * those of {@link Ability} that are exported, {@code assign} only with prototypes that have a
   * normalizer, {@code classify} only with a classifier. A rotation tag in a file is not applied.
   *
   * @param model folder of the versions; made where it is missing
   * @return the folder of the new version, {@code model/1} for the first
   * @throws IOException if the checkpoint lacks a weight or has it in another shape, if a file
   *     cannot be read or written, or if the written model disagrees
   * @throws IllegalArgumentException if the classifier is of features of another width
   */
  public static Path export(CheckpointSource source, ExportConfig config, Path model)
      throws IOException {
    if (Files.exists(model) && !Files.isDirectory(model)) {
      throw new NotDirectoryException(
          "'%s' must be a folder for the versions of a model, but is a file".formatted(model));
    }
    CheckpointSource needed = source.forExport();
    try (EncoderSession session = EncoderSession.restore(needed, config, ALL_CORES)) {
      if (config.weights() != WeightType.FLOAT32) {
        requireAlike(config, needed, session);
      }
      Files.createDirectories(model);
      Path aside =
          model.resolve(
              "export-%d-%s"
                  .formatted(ProcessHandle.current().pid(), Long.toHexString(System.nanoTime())));
      Files.createDirectory(aside);
      try {
        write(aside, session, source.spec());
        try (Encoder written = Encoder.load(aside)) {
          ExportCheck.compare(Encoder.of(session, needed), written);
        }
        WarmupFile.write(
            aside,
            session,
            source.spec(),
            model.toAbsolutePath().normalize().getFileName().toString());
        force(aside);
        return Versions.publish(aside, model);
      } finally {
        if (Files.exists(aside)) {
          MoreFiles.deleteRecursively(aside, RecursiveDeleteOption.ALLOW_INSECURE);
        }
      }
    }
  }

  private static void requireAlike(
      ExportConfig config, CheckpointSource source, EncoderSession rounded) throws IOException {
    ExportConfig unrounded = ExportConfig.of(config.sizes());
    try (EncoderSession exact = EncoderSession.restore(source, unrounded, ALL_CORES)) {
      ExportCheck.requireAlike(
          config.weights(), Encoder.of(exact, source), Encoder.of(rounded, source));
    }
  }

  private static void write(Path folder, EncoderSession source, EncoderSpec spec)
      throws IOException {
    EncoderGraph encoder = source.encoder();
    Path variables = Files.createDirectory(folder.resolve("variables")).resolve("variables");
    try (TString file = TString.scalarOf(variables.toString())) {
      source
          .session()
          .runner()
          .feed(encoder.saver().filename(), file)
          .addTarget(encoder.saver().save())
          .run()
          .close();
    } catch (TensorFlowException e) {
      throw new IOException(
          "the weights cannot be written to '%s': %s".formatted(variables, Lines.first(e)), e);
    }
    MetaGraphDef.Builder meta = MetaGraphDef.newBuilder();
    meta.getMetaInfoDefBuilder().addTags(Signatures.TAG).setTensorflowVersion(TensorFlow.version());
    meta.setGraphDef(encoder.pruned(source.graph().toGraphDef()));
    meta.setSaverDef(Saver.definition());
    for (Endpoint endpoint : encoder.exported()) {
      meta.putSignatureDef(endpoint.ability().key(), endpoint.signature());
    }
    try (OutputStream out = Files.newOutputStream(folder.resolve(Versions.MODEL_FILE))) {
      SavedModel.newBuilder()
          .setSavedModelSchemaVersion(1)
          .addMetaGraphs(meta)
          .build()
          .writeTo(out);
    }
    spec.write(folder);
  }

  /** Asks the disk to keep every file before the rename makes the folder visible. */
  private static void force(Path folder) throws IOException {
    List<Path> files;
    try (Stream<Path> walk = Files.walk(folder)) {
      files = walk.filter(Files::isRegularFile).toList();
    }
    for (Path file : files) {
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
        channel.force(true);
      }
    }
  }
}
