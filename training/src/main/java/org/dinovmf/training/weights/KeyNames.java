package org.dinovmf.training.weights;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Translates the keys of other programs into those of the published DINO checkpoints, to which
 * {@code PublishedNames} maps ours. The parts of a split attention are {@code attn.q}, {@code
 * attn.k} and {@code attn.v}.
 */
final class KeyNames {

  static final String BACKBONE = "backbone.";
  static final String HEAD = "head.";
  static final String DISTILLATION = BACKBONE + "dist_token";

  /** Wrappers: distributed training, and the model classes of transformers. */
  private static final Pattern WRAPPER = Pattern.compile("^(?:module\\.)+");

  private static final Pattern MODEL =
      Pattern.compile(
          "^(?:vit|deit|dinov2|dinov2_with_registers)\\.(?=embeddings\\.|encoder\\.|layernorm\\.)");

  private static final Pattern TRANSFORMERS = Pattern.compile("^(?:embeddings|encoder)\\..*");

  /** Of the projection head; timm has a classifier of the same first word. */
  private static final Pattern PROJECTION = Pattern.compile("^head\\.(?:mlp|last_layer2?)\\..*");

  private static final Pattern ENCODER =
      Pattern.compile(
          "^(?:cls_token|pos_embed|register_tokens|dist_token|masked_embed|patch_embed\\.proj\\.(?:weight|bias)"
              + "|norm\\.(?:weight|bias)|blocks\\.\\d{1,4}\\.(?:norm[12]\\.(?:weight|bias)"
              + "|attn\\.(?:qkv|q|k|v|proj)\\.(?:weight|bias)|mlp\\.fc[12]\\.(?:weight|bias)|ls[12]\\.gamma))$");

  /** Without effect on the features: classifiers, poolers, and tokens that only training needs. */
  private static final Pattern BESIDE_FEATURES =
      Pattern.compile(
          "^(?:backbone\\.)?(?:mask_token|embeddings\\.mask_token|head\\..*|head_dist\\..*|fc_norm\\..*|pooler\\..*"
              + "|classifier\\..*|cls_classifier\\..*|distillation_classifier\\..*|pre_logits\\..*)$");

  private static final Pattern SWIGLU =
      Pattern.compile(".*\\.mlp\\.(?:w12|w3|weights_in|weights_out|fc1_g|fc1_x)\\..*");

  /** Applied in this order, each where it matches. */
  private static final Map<Pattern, String> RULES = rules();

  private KeyNames() {}

  private static Map<Pattern, String> rules() {
    Map<String, String> rules = new LinkedHashMap<>();
    rules.put("\\.parametrizations\\.weight\\.original0$", ".weight_g");
    rules.put("\\.parametrizations\\.weight\\.original1$", ".weight_v");
    rules.put("^embeddings\\.position_embeddings$", "pos_embed");
    rules.put("^embeddings\\.patch_embeddings\\.projection\\.", "patch_embed.proj.");
    rules.put("^embeddings\\.distillation_token$", "dist_token");
    rules.put("^embeddings\\.(cls_token|register_tokens)$", "$1");
    rules.put("^layernorm\\.", "norm.");
    rules.put("^encoder\\.layer\\.", "blocks.");
    rules.put(
        "^(blocks\\.\\d+)\\.attention\\.attention\\.(q|k|v)(?:uery|ey|alue)\\.", "$1.attn.$2.");
    rules.put("^(blocks\\.\\d+)\\.attention\\.output\\.dense\\.", "$1.attn.proj.");
    rules.put("^(blocks\\.\\d+)\\.intermediate\\.dense\\.", "$1.mlp.fc1.");
    rules.put("^(blocks\\.\\d+)\\.output\\.dense\\.", "$1.mlp.fc2.");
    rules.put("^(blocks\\.\\d+)\\.layernorm_before\\.", "$1.norm1.");
    rules.put("^(blocks\\.\\d+)\\.layernorm_after\\.", "$1.norm2.");
    rules.put("^(blocks\\.\\d+)\\.layer_scale([12])\\.lambda1$", "$1.ls$2.gamma");
    rules.put("^(blocks\\.\\d+)\\.gamma_([12])$", "$1.ls$2.gamma");
    rules.put("^reg_token$", "register_tokens");
    Map<Pattern, String> compiled = new LinkedHashMap<>();
    rules.forEach((pattern, name) -> compiled.put(Pattern.compile(pattern), name));
    return compiled;
  }

  /** What becomes of a key. */
  enum Kind {
    /** A weight of the encoder or the head. */
    KNOWN,
    /** Without effect on the features. */
    BESIDE,
    /** A gated MLP, which the encoder does not have. */
    SWIGLU,
    /** A part of a network that the encoder does not have. */
    FOREIGN
  }

  /** A translated key, with {@code backbone.} or {@code head.} in front where it is known. */
  record Name(Kind kind, String published) {}

  /** Whether keys are those of the transformers library. */
  static boolean isTransformers(Iterable<String> keys) {
    for (String key : keys) {
      if (TRANSFORMERS.matcher(unwrapped(key)).matches()) {
        return true;
      }
    }
    return false;
  }

  /** Translates one key. */
  static Name of(String key) {
    String name = unwrapped(key);
    if (name.startsWith(BACKBONE)) {
      name = name.substring(BACKBONE.length());
    }
    for (Map.Entry<Pattern, String> rule : RULES.entrySet()) {
      name = rule.getKey().matcher(name).replaceFirst(rule.getValue());
    }
    if (PROJECTION.matcher(name).matches()) {
      return new Name(Kind.KNOWN, name);
    }
    if (ENCODER.matcher(name).matches()) {
      return new Name(Kind.KNOWN, BACKBONE + name);
    }
    if (SWIGLU.matcher(name).matches()) {
      return new Name(Kind.SWIGLU, name);
    }
    boolean isBeside = BESIDE_FEATURES.matcher(name).matches();
    return new Name(isBeside ? Kind.BESIDE : Kind.FOREIGN, name);
  }

  private static String unwrapped(String key) {
    String name = WRAPPER.matcher(key).replaceFirst("");
    return MODEL.matcher(name).replaceFirst("");
  }

  /** Names of a projection head of three linear layers and weight-normalized prototypes. */
  static List<String> headNames() {
    return List.of(
        "head.mlp.0.weight",
        "head.mlp.0.bias",
        "head.mlp.2.weight",
        "head.mlp.2.bias",
        "head.mlp.4.weight",
        "head.mlp.4.bias",
        "head.last_layer.weight_g",
        "head.last_layer.weight_v");
  }
}
