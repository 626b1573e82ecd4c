package org.dinovmf.tools;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.dinovmf.tools.report.Evaluation;
import org.dinovmf.training.KnnData;
import org.dinovmf.training.Trainer;
import org.dinovmf.training.eval.Knn;
import org.dinovmf.training.eval.KnnAccuracy;
import org.dinovmf.training.eval.KnnConfig;
import org.dinovmf.training.eval.LabeledFeatures;

/** Weighted kNN of the present teacher, while it is trained. */
record TeacherEvaluation(Trainer trainer, Optional<KnnData> data, int threads)
    implements Evaluation {

  /** "20 usually works best", says the published evaluation. */
  private static final int NEIGHBORS = 20;

  @Override
  public Optional<KnnAccuracy> evaluate() {
    return data.flatMap(
        sets -> {
          Optional<LabeledFeatures> bank = features(sets.bank());
          Optional<LabeledFeatures> queries = features(sets.queries());
          if (bank.isEmpty() || queries.isEmpty()) {
            return Optional.empty();
          }
          KnnConfig config = KnnConfig.published(List.of(NEIGHBORS), threads);
          return Optional.of(Knn.evaluate(bank.get(), queries.get(), config).get(0));
        });
  }

  /** Of the images that can be read. */
  private Optional<LabeledFeatures> features(KnnData.Set set) {
    float[][] rows = trainer.features(set.images());
    List<float[]> readable = new ArrayList<>();
    List<Integer> labels = new ArrayList<>();
    for (int i = 0; i < rows.length; i++) {
      if (rows[i].length > 0) {
        readable.add(rows[i]);
        labels.add(set.labels().get(i));
      }
    }
    return readable.isEmpty()
        ? Optional.empty()
        : Optional.of(new LabeledFeatures(readable, labels));
  }
}
