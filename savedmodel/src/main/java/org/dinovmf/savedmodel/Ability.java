package org.dinovmf.savedmodel;

import com.google.common.collect.ImmutableSet;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/** What an encoder can be asked for. */
public enum Ability {
  /** Embeddings of whole image files. */
  FILES(
      Signatures.SERVING_DEFAULT,
      ImmutableSet.of(Signatures.IMAGE_BYTES),
      ImmutableSet.of(Signatures.EMBEDDING),
      "models of this program have it"),
  /** Embeddings of whole image files, each with the orientation that its rotation tag says. */
  ORIENTED_FILES(
      "from_bytes_oriented",
      ImmutableSet.of(Signatures.IMAGE_BYTES, Signatures.ORIENTATION),
      ImmutableSet.of(Signatures.EMBEDDING),
      Ability.OLD),
  /** Embeddings of pixels in 0..1. */
  PIXELS(
      Signatures.FROM_PIXELS,
      ImmutableSet.of(Signatures.EMBEDDING),
      "models of this program have it"),
  /** Embeddings of pixels in 0..255. */
  PIXELS_UINT8("from_pixels_uint8", ImmutableSet.of(Signatures.EMBEDDING), Ability.OLD),
  /** Class token and patches. */
  TOKENS("tokens", ImmutableSet.of(Signatures.EMBEDDING, Signatures.PATCH_EMBEDDINGS), Ability.OLD),
  /** The last block's attention. */
  ATTENTION("attention", ImmutableSet.of(Signatures.ATTENTION), Ability.OLD),
  /** The prototypes that an image belongs to. */
  ASSIGN(
      "assign",
      ImmutableSet.of(
          Signatures.SPHERE_EMBEDDING,
          Signatures.PROTOTYPE_INDICES,
          Signatures.POSTERIORS,
          Signatures.KAPPAS,
          Signatures.LOG_DENSITY),
      "only trained prototypes with a normalizer (dino-vmf, ibot-vmf) are a mixture; export such a run again"),
  /** The class that a linear classifier takes an image for. */
  CLASSIFY(
      "classify",
      ImmutableSet.of(Signatures.PROBABILITIES, Signatures.CLASSES),
      "export it with --head, the file of a head that eval linear trained"),
  /** Class tokens of several blocks. */
  CLASS_TOKENS("class_tokens", "only the checkpoint of a run has it"),
  /** Where an image lies on the unit sphere. */
  SPHERE_EMBEDDINGS("sphere_embeddings", "only the checkpoint of a run with a trained head has it"),
  /** The prototypes themselves. */
  PROTOTYPES("prototypes", "only the checkpoint of a run with a trained head has it");

  private static final String OLD = "export the model again";

  private final String key;
  private final ImmutableSet<String> inputs;
  private final ImmutableSet<String> outputs;
  private final String remedy;

  /** With a signature in exported models, which is called by these names. */
  Ability(String key, ImmutableSet<String> inputs, ImmutableSet<String> outputs, String remedy) {
    this.key = key;
    this.inputs = inputs;
    this.outputs = outputs;
    this.remedy = remedy;
  }

  /** With a signature of pixels in exported models. */
  Ability(String key, ImmutableSet<String> outputs, String remedy) {
    this(key, ImmutableSet.of(Signatures.PIXELS), outputs, remedy);
  }

  /** Without a signature in exported models. */
  Ability(String key, String remedy) {
    this(key, ImmutableSet.of(), ImmutableSet.of(), remedy);
  }

  /** The name of the signature in an exported model, where it has one. */
  public String key() {
    return key;
  }

  /** Whether exported models have a signature for it. */
  public boolean isExported() {
    return !outputs.isEmpty();
  }

  /** What an exported signature is fed with, at least. */
  Set<String> inputs() {
    return inputs;
  }

  /** What an exported signature is asked for, at least. */
  Set<String> outputs() {
    return outputs;
  }

  /** Those that exported models may have. */
  static List<Ability> exported() {
    return Arrays.stream(values()).filter(Ability::isExported).toList();
  }

  MissingAbilityException missing() {
    return new MissingAbilityException("this encoder has no '%s': %s".formatted(key, remedy));
  }
}
