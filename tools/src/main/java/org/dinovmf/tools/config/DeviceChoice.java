package org.dinovmf.tools.config;

import java.util.Locale;

/** Which device trains. */
public enum DeviceChoice {
  /** A GPU where there is one. */
  AUTO,
  CPU,
  GPU;

  String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
