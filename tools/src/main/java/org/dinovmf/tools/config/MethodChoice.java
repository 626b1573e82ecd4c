package org.dinovmf.tools.config;

import java.util.Locale;
import org.dinovmf.training.method.Method;

/** The training methods by name. */
public enum MethodChoice {
  DINO,
  DINO_VMF;

  /** The method with its own kind of prototypes and center. */
  public Method standard() {
    return switch (this) {
      case DINO -> Method.dino();
      case DINO_VMF -> Method.dinoVmf();
    };
  }

  /** {@code dino-vmf}, as an option value. */
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
