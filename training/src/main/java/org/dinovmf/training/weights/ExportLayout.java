package org.dinovmf.training.weights;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.dinovmf.graph.PositionRule;
import org.dinovmf.graph.VitConfig;

/** How exported files name things that the published layouts have no place for. */
final class ExportLayout {

  /** Variables of a run. */
  static final String CENTER = "method/center";

  static final String PATCH_CENTER = "method/patch_center";

  private static final String HEADS = "num_heads";
  private static final String POSITIONS = "position_rule";
  private static final List<String> GROUPS =
      List.of("student", "teacher", "dino_loss", "ibot_loss");

  private ExportLayout() {}

  /** What safetensors say about a network besides its weights. */
  static Map<String, String> metadata(VitConfig encoder) {
    return Map.of(
        "format",
        "pt",
        HEADS,
        Integer.toString(encoder.numHeads()),
        POSITIONS,
        encoder.extras().positions().label());
  }

  static Optional<Integer> heads(Map<String, String> metadata) {
    String word = metadata.getOrDefault(HEADS, "");
    return word.matches("[1-9]\\d{0,3}") ? Optional.of(Integer.parseInt(word)) : Optional.empty();
  }

  static Optional<PositionRule> positions(Map<String, String> metadata) {
    String word = metadata.getOrDefault(POSITIONS, "").toUpperCase(Locale.ROOT);
    for (PositionRule rule : PositionRule.values()) {
      if (rule.name().equals(word)) {
        return Optional.of(rule);
      }
    }
    return Optional.empty();
  }

  /** Safetensors have one table: names that begin with that of a table belong to it. */
  static Map<String, Map<String, StoredTensor>> grouped(
      Map<String, Map<String, StoredTensor>> groups) {
    Map<String, StoredTensor> outermost = groups.getOrDefault("", Map.of());
    Map<String, Map<String, StoredTensor>> split = new LinkedHashMap<>();
    for (Map.Entry<String, StoredTensor> entry : outermost.entrySet()) {
      String group = entry.getKey().substring(0, Math.max(0, entry.getKey().indexOf('.')));
      if (!GROUPS.contains(group)) {
        return groups;
      }
      split
          .computeIfAbsent(group, key -> new LinkedHashMap<>())
          .put(entry.getKey().substring(group.length() + 1), entry.getValue());
    }
    return outermost.isEmpty() ? groups : split;
  }
}
