package org.dinovmf.training.eval.retrieval;

import java.util.List;

/**
 * What a query of the revisited Oxford or Paris set should find.
 *
 * @param easy positions in the database
 * @param hard positions in the database
 * @param junk positions that count neither way
 */
public record Relevance(List<Integer> easy, List<Integer> hard, List<Integer> junk) {

  public Relevance {
    easy = List.copyOf(easy);
    hard = List.copyOf(hard);
    junk = List.copyOf(junk);
  }
}
