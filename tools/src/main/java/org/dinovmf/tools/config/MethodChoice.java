package org.dinovmf.tools.config;

import java.util.Locale;
import org.dinovmf.training.method.Method;

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

  /** {@code dino-vmf}, as an option value. */
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
