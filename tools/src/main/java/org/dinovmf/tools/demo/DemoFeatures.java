package org.dinovmf.tools.demo;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.dinovmf.training.Trainer;
import org.dinovmf.training.eval.Knn;
import org.dinovmf.training.eval.KnnConfig;
import org.dinovmf.training.eval.LabeledFeatures;

/**
 * One kind of features of all pictures of the demo, a row for each picture.
 *
 * @param bank of the training pictures
 * @param test of the test pictures as they are
 * @param moved of the test pictures moved
 */
record DemoFeatures(List<float[]> bank, List<float[]> test, List<float[]> moved) {

  private static final int NEIGHBORS = 20;
  private static final int ENCODE_BATCH = 500;

  /** The values of the pixels. */
  static DemoFeatures ofPixels(DemoPictures pictures) {
    return new DemoFeatures(
        pictures.bank().grayPixels(), pictures.test().grayPixels(), pictures.moved().grayPixels());
  }

  /** What the present teacher makes of them. */
  static DemoFeatures of(Trainer trainer, DemoPictures pictures) {
    return new DemoFeatures(
        encoded(trainer, pictures.bank()),
        encoded(trainer, pictures.test()),
        encoded(trainer, pictures.moved()));
  }

  /** Accuracy of weighted 20-NN, as they are and moved. */
  DemoTable.Row row(String name, DemoPictures pictures, int threads) {
    LabeledFeatures neighbors = new LabeledFeatures(bank, pictures.bank().labels());
    List<Integer> labels = pictures.test().labels();
    return new DemoTable.Row(
        name,
        accuracy(neighbors, new LabeledFeatures(test, labels), threads),
        accuracy(neighbors, new LabeledFeatures(moved, labels), threads));
  }

  private static double accuracy(LabeledFeatures bank, LabeledFeatures queries, int threads) {
    KnnConfig config = KnnConfig.published(List.of(NEIGHBORS), threads);
    return Knn.evaluate(bank, queries, config).get(0).top1();
  }

  private static List<float[]> encoded(Trainer trainer, Pictures pictures) {
    int size = pictures.images().size();
    List<float[]> rows = new ArrayList<>();
    for (int from = 0; from < size; from += ENCODE_BATCH) {
      int to = Math.min(size, from + ENCODE_BATCH);
      float[] encoded = trainer.features(pictures.pixels(from, to), to - from);
      int dim = encoded.length / (to - from);
      for (int i = 0; i < to - from; i++) {
        rows.add(Arrays.copyOfRange(encoded, i * dim, (i + 1) * dim));
      }
    }
    return rows;
  }
}
