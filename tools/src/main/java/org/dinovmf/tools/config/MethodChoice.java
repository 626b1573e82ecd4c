package org.dinovmf.tools.config;

import java.util.Locale;
import org.dinovmf.training.method.Method;

/** The training methods by name. */
public enum MethodChoice {
  DINO(Method.dino()),
  DINO_VMF(Method.dinoVmf());

  private final Method standard;

  MethodChoice(Method standard) {
    this.standard = standard;
  }

  /** The method with its own kind of prototypes and center. */
  public Method standard() {
    return standard;
  }

  /** {@code dino-vmf}, as an option value. */
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
