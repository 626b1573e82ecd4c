import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.dinovmf.training.eval.Knn;
import org.dinovmf.training.eval.KnnConfig;
import org.dinovmf.training.eval.LabeledFeatures;
import org.dinovmf.training.eval.RankingMetrics;
import org.dinovmf.training.eval.cluster.ClusterScores;
import org.dinovmf.training.eval.cluster.Matching;
import org.dinovmf.training.eval.linear.LogisticConfig;
import org.dinovmf.training.eval.linear.LogisticRegression;

/**
 * Answers the cases of check_eval.py, one answer for each.
 *
 * <pre>java -cp CLASS_PATH EvalCases.java CASES.json ANSWERS.json</pre>
 */
final class EvalCases {

  private static final ObjectMapper JSON = new ObjectMapper();

  private EvalCases() {}

  public static void main(String[] args) throws IOException {
    List<ObjectNode> answers = new ArrayList<>();
    for (JsonNode given : JSON.readTree(Path.of(args[0]).toFile())) {
      answers.add(answer(given));
    }
    JSON.writeValue(Path.of(args[1]).toFile(), answers);
  }

  private static ObjectNode answer(JsonNode given) {
    ObjectNode answer = JSON.createObjectNode();
    switch (given.get("kind").textValue()) {
      case "knn" -> {
        KnnConfig config = KnnConfig.published(List.of(1), 2);
        int k = given.get("k").intValue();
        int[] classes =
            Knn.classify(
                features(given, "bank"), features(given, "queries"), k, config);
        answer.set("classes", JSON.valueToTree(classes));
      }
      case "logistic" -> {
        int[] labels = JSON.convertValue(given.get("labels"), int[].class);
        LogisticRegression fitted =
            LogisticRegression.fit(
                JSON.convertValue(given.get("rows"), double[][].class),
                labels,
                Arrays.stream(labels).max().orElseThrow() + 1,
                LogisticConfig.published(2).withLambda(given.get("lambda").doubleValue()));
        answer.put("loss", fitted.loss()).put("isConverged", fitted.isConverged());
      }
      case "clusters" ->
          answer.setAll(
              (ObjectNode)
                  JSON.valueToTree(
                      ClusterScores.of(
                          JSON.convertValue(given.get("clusters"), int[].class),
                          JSON.convertValue(given.get("classes"), int[].class))));
      case "matching" ->
          answer.set(
              "columns",
              JSON.valueToTree(
                  Matching.leastCost(JSON.convertValue(given.get("costs"), double[][].class))));
      case "ranking" -> {
        double[] scores = JSON.convertValue(given.get("scores"), double[].class);
        boolean[] truth = JSON.convertValue(given.get("truth"), boolean[].class);
        answer.put("auroc", RankingMetrics.auroc(scores, truth));
        answer.put("averagePrecision", RankingMetrics.averagePrecision(scores, truth));
      }
      default -> throw new IllegalArgumentException("unknown kind in " + given.get("kind"));
    }
    return answer;
  }

  private static LabeledFeatures features(JsonNode given, String side) {
    float[][] rows = JSON.convertValue(given.get(side), float[][].class);
    Integer[] labels = JSON.convertValue(given.get(side + "Labels"), Integer[].class);
    return new LabeledFeatures(List.of(rows), List.of(labels));
  }
}
