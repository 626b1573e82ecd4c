package org.dinovmf.savedmodel;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.tensorflow.Graph;
import org.tensorflow.Session;
import org.tensorflow.exceptions.TensorFlowException;
import org.tensorflow.types.TString;

/** Owns a fresh inference graph and a session that holds the weights of a checkpoint. */
final class EncoderSession implements AutoCloseable {

  private final Graph graph;
  private final EncoderGraph encoder;
  private final Session session;

  private EncoderSession(Graph graph, EncoderGraph encoder, Session session) {
    this.graph = graph;
    this.encoder = encoder;
    this.session = session;
  }

  /** See {@link Encoder#fromCheckpoint}. */
  static EncoderSession restore(CheckpointSource source, ExportConfig config, int threads)
      throws IOException {
    Path checkpointPrefix = source.checkpoint();
    if (!Files.isRegularFile(Path.of(checkpointPrefix + ".index"))) {
      throw new IOException(
          "there is no checkpoint '%s': no file '%s.index'"
              .formatted(checkpointPrefix, checkpointPrefix));
    }
    EncoderSession restored = open(source, config, threads);
    EncoderGraph encoder = restored.encoder;
    Session session = restored.session;
    try (TString file = TString.scalarOf(checkpointPrefix.toString())) {
      session
          .runner()
          .feed(encoder.checkpoint().file(), file)
          .addTarget(encoder.checkpoint().restore())
          .run()
          .close();
      session.runner().addTarget(encoder.derive()).run().close();
      return restored;
    } catch (TensorFlowException | IllegalArgumentException e) {
      restored.close();
      throw new IOException(
          CheckpointFaults.describe(checkpointPrefix, encoder.trained())
              .orElseGet(
                  () ->
                      "checkpoint '%s' cannot be read: %s"
                          .formatted(checkpointPrefix, Lines.first(e))),
          e);
    }
  }

  private static EncoderSession open(CheckpointSource source, ExportConfig config, int threads) {
    Graph graph = new Graph();
    try {
      EncoderGraph encoder = EncoderGraph.build(graph, source, config);
      return new EncoderSession(
          graph, encoder, new Session(graph, SessionSettings.config(threads)));
    } catch (RuntimeException e) {
      graph.close();
      throw e;
    }
  }

  Graph graph() {
    return graph;
  }

  EncoderGraph encoder() {
    return encoder;
  }

  Session session() {
    return session;
  }

  @Override
  public void close() {
    session.close();
    graph.close();
  }
}
