package org.dinovmf.training.eval.retrieval;

/** Which images of the revisited Oxford and Paris sets are to be found; the rest is ignored. */
public enum Difficulty {
  /** The easy ones; hard and junk are ignored. */
  EASY("easy"),
  /** The easy and the hard ones; junk is ignored. */
  MEDIUM("medium"),
  /** The hard ones; easy and junk are ignored. */
  HARD("hard");

  private final String label;

  Difficulty(String label) {
    this.label = label;
  }

  boolean wantsEasy() {
    return this != HARD;
  }

  boolean wantsHard() {
    return this != EASY;
  }

  @Override
  public String toString() {
    return label;
  }
}
