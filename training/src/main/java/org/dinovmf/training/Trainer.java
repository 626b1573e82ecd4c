package org.dinovmf.training;

/** Placeholder until the loop lands. */
final class Trainer {
  private Trainer() {}
}
