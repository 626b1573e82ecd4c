package org.dinovmf.tools.config;

import java.util.Locale;
import org.dinovmf.training.method.Method;
import org.dinovmf.training.method.PrototypeKind;

/** The training methods by name. */
public enum MethodChoice {
  DINO,
  DINO_VMF,
  IBOT,
  IBOT_VMF;

  /** The method with its own kind of prototypes and center. */
  public Method standard() {
    return switch (this) {
      case DINO -> Method.dino();
      case DINO_VMF -> Method.dinoVmf();
      case IBOT -> Method.ibot();
      case IBOT_VMF -> Method.ibotVmf();
    };
  }

  /** The name for a method that may have other prototypes or another center. */
  static MethodChoice of(Method method) {
    boolean hasNormalizer = method.prototypes() == PrototypeKind.VMF;
    if (method.masksPatches()) {
      return hasNormalizer ? IBOT_VMF : IBOT;
    }
    return hasNormalizer ? DINO_VMF : DINO;
  }

  /** The method that also masks patches. */
  MethodChoice withMasks() {
    return switch (this) {
      case DINO, IBOT -> IBOT;
      case DINO_VMF, IBOT_VMF -> IBOT_VMF;
    };
  }

  /** {@code dino-vmf}, as an option value. */
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
