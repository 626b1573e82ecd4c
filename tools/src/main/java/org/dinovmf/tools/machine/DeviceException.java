package org.dinovmf.tools.machine;

/** The device that was asked for is not there; the message says what is and what to do. */
public final class DeviceException extends RuntimeException {

  /** With what is missing and what to do. */
  public DeviceException(String message) {
    super(message);
  }
}
