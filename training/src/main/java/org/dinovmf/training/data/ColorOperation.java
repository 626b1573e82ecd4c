package org.dinovmf.training.data;

/** What jitter changes, in the order of its factors. */
enum ColorOperation {
  BRIGHTNESS,
  CONTRAST,
  SATURATION,
  HUE
}
