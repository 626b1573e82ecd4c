package org.dinovmf.tools.config;

import java.util.List;

/**
 * What a user set cannot be used; all faults at once, one line each. The command line ends with
 * exit code 2.
 */
public final class ConfigException extends RuntimeException {

  /** One line for each fault, at least one. */
  public ConfigException(List<String> faults) {
    super(String.join("\n", faults));
  }
}
