package org.dinovmf.savedmodel;

import java.util.Arrays;
import java.util.List;

/** What an encoder can be asked for. */
public enum Ability {
  /** Embeddings of whole image files. */
  FILES(Signatures.SERVING_DEFAULT, true, "models of this program have it"),
  /** Embeddings of whole image files, each with the orientation that its rotation tag says. */
  ORIENTED_FILES("from_bytes_oriented", true, "export the model again"),
  /** Embeddings of pixels in 0..1. */
  PIXELS(Signatures.FROM_PIXELS, true, "models of this program have it"),
  /** Embeddings of pixels in 0..255. */
  PIXELS_UINT8("from_pixels_uint8", true, "export the model again"),
  /** Class token and patches. */
  TOKENS("tokens", true, "export the model again"),
  /** The last block's attention. */
  ATTENTION("attention", true, "export the model again"),
  /** The prototypes that an image belongs to. */
  ASSIGN(
      "assign",
      true,
      "only trained prototypes with a normalizer (dino-vmf, ibot-vmf) are a mixture; export such a run again"),
  /** The class that a linear classifier takes an image for. */
  CLASSIFY("classify", true, "export it with --head, the file of a head that eval linear trained"),
  /** Class tokens of several blocks. */
  CLASS_TOKENS("class_tokens", false, "only the checkpoint of a run has it"),
  /** Where an image lies on the unit sphere. */
  SPHERE_EMBEDDINGS(
      "sphere_embeddings", false, "only the checkpoint of a run with a trained head has it"),
  /** The prototypes themselves. */
  PROTOTYPES("prototypes", false, "only the checkpoint of a run with a trained head has it");

  private final String key;
  private final boolean isExported;
  private final String remedy;

  Ability(String key, boolean isExported, String remedy) {
    this.key = key;
    this.isExported = isExported;
    this.remedy = remedy;
  }

  /** The name of the signature in an exported model, where it has one. */
  public String key() {
    return key;
  }

  /** Whether exported models have a signature for it. */
  public boolean isExported() {
    return isExported;
  }

  /** Those that exported models may have. */
  static List<Ability> exported() {
    return Arrays.stream(values()).filter(Ability::isExported).toList();
  }

  MissingAbilityException missing() {
    return new MissingAbilityException("this encoder has no '%s': %s".formatted(key, remedy));
  }
}
