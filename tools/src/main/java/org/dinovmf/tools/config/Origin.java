package org.dinovmf.tools.config;

/**
 * Where a value comes from.
 *
 * @param kind the layer
 * @param detail what is to be said beside the layer's name, may be empty
 */
public record Origin(Kind kind, String detail) {

  /** The layers; an earlier one wins, but what a network merely suggests gives way to a preset. */
  public enum Kind {
    FLAG("flag"),
    FILE("file"),
    NETWORK("network"),
    PRESET("preset"),
    AUTO("auto"),
    DEFAULT("default");

    private final String label;

    Kind(String label) {
      this.label = label;
    }
  }

  /** An option of the command line. */
  public static Origin flag() {
    return new Origin(Kind.FLAG, "");
  }

  /** A line of a configuration file. */
  public static Origin file(String name, int line) {
    return new Origin(Kind.FILE, name + ":" + line);
  }

  /** A preset; a value that no published source states is marked. */
  public static Origin preset(String name, boolean verified) {
    return new Origin(Kind.PRESET, verified ? name : name + ", unverified");
  }

  /**
   * A network whose weights are taken.
   *
   * @param note what is to be said beside its name, may be empty
   */
  public static Origin network(String source, String note) {
    String separator = note.isEmpty() ? "" : ", ";
    return new Origin(Kind.NETWORK, "of '" + source + "'" + separator + note);
  }

  /** Chosen for the images and the device. */
  public static Origin auto(String reason) {
    return new Origin(Kind.AUTO, reason);
  }

  /** The built-in value. */
  public static Origin builtIn(String source) {
    return new Origin(Kind.DEFAULT, source);
  }

  /** One line, such as {@code preset dino-vits16, unverified}. */
  @Override
  public String toString() {
    String line =
        switch (kind) {
          case FLAG -> kind.label;
          case FILE, NETWORK, PRESET -> kind.label + " " + detail;
          case AUTO, DEFAULT -> kind.label + ": " + detail;
        };
    return line.replaceAll("\\p{Cntrl}", "?"); // file names may hold line ends
  }
}
