package org.dinovmf.tools.analysis;

import java.util.Locale;
import java.util.OptionalDouble;

/** Numbers for people, the same in every locale. */
public final class Numbers {

  private Numbers() {}

  /** Three significant digits. */
  public static String short3(double value) {
    double size = Math.abs(value);
    if (size >= 1000) {
      return String.format(Locale.ROOT, "%,.0f", value);
    }
    if (size >= 100) {
      return String.format(Locale.ROOT, "%.0f", value);
    }
    if (size >= 10) {
      return String.format(Locale.ROOT, "%.1f", value);
    }
    return size == 0 || size >= 0.1
        ? String.format(Locale.ROOT, "%.2f", value)
        : String.format(Locale.ROOT, "%.2g", value);
  }

  /** Three significant digits, or a dash. */
  public static String short3(OptionalDouble value) {
    return value.isPresent() ? short3(value.getAsDouble()) : "-";
  }

  /** A share as percent with one digit. */
  public static String percent(double share) {
    return String.format(Locale.ROOT, "%.1f %%", 100 * share);
  }
}
