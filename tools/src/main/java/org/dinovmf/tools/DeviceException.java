package org.dinovmf.tools;

/** The device that was asked for is not there; the message says what is and what to do. */
final class DeviceException extends RuntimeException {

  DeviceException(String message) {
    super(message);
  }
}
