package org.dinovmf.training.method;

import java.util.Locale;
import org.dinovmf.graph.Prototypes;

/** Names of the kinds of prototypes, for configuration. */
public enum PrototypeKind {
  UNIT,
  FREE,
  VMF;

  /** The description that the name stands for. */
  public Prototypes prototypes() {
    return switch (this) {
      case UNIT -> new Prototypes.Unit();
      case FREE -> new Prototypes.Free();
      case VMF -> new Prototypes.Vmf();
    };
  }

  /** {@code vmf}, as an option value. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
