package org.dinovmf.tools.config;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/** Finds what a misspelled name was meant to be. */
public final class NearestName {

  private NearestName() {}

  /**
   * The name with the fewest letters changed, unless that is more than a third of them (but at
   * least two are allowed) or all.
   */
  public static Optional<String> of(String word, Collection<String> names) {
    String plain = word.toLowerCase(Locale.ROOT).replace('_', '-');
    int least = Math.min(Math.max(2, plain.length() / 3) + 1, Math.max(1, plain.length()));
    Optional<String> nearest = Optional.empty();
    for (String name : names) {
      int distance = distance(plain, name.toLowerCase(Locale.ROOT).replace('_', '-'));
      if (distance < least) {
        least = distance;
        nearest = Optional.of(name);
      }
    }
    return nearest;
  }

  /** Levenshtein's distance: letters put in, left out or changed. */
  static int distance(String a, String b) {
    int[] before = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      before[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int[] row = new int[b.length() + 1];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int changed = before[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        row[j] = Math.min(changed, Math.min(before[j], row[j - 1]) + 1);
      }
      before = row;
    }
    return before[b.length()];
  }
}
