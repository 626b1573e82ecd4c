package org.dinovmf.training.eval.cluster;

import java.util.Arrays;

/**
 * The assignment of rows to columns, each used at most once, with the least sum of costs: the
 * Hungarian method by shortest augmenting paths; Jonker and Volgenant 1987. Takes time of (smaller
 * side)^2 times the larger side.
 */
public final class Matching {

  private static final int NONE = -1;

  private final double[][] costs;
  private final int[] columnOfRow;
  private final int[] rowOfColumn;
  private final double[] rowPrice;
  private final double[] columnPrice;
  private final double[] distance; // from the row that is placed to each column
  private final int[] previous; // row before each column on its shortest path
  private final boolean[] isSettled;

  private Matching(double[][] costs) {
    int columns = costs[0].length;
    this.costs = costs;
    columnOfRow = new int[costs.length];
    rowOfColumn = new int[columns];
    rowPrice = new double[costs.length];
    columnPrice = new double[columns];
    distance = new double[columns];
    previous = new int[columns];
    isSettled = new boolean[columns];
    Arrays.fill(columnOfRow, NONE);
    Arrays.fill(rowOfColumn, NONE);
  }

  /**
   * The column of each row.
   *
   * @param costs {@code [rows, columns]}, finite; of unequal sides the larger keeps some unused
   * @return {@code [rows]}; -1 for a row without a column, which there is only where rows are more
   *     than columns
   */
  public static int[] leastCost(double[][] costs) {
    requireMatrix(costs);
    if (costs.length <= costs[0].length) {
      return assign(costs);
    }
    double[][] transposed = new double[costs[0].length][costs.length];
    for (int row = 0; row < costs.length; row++) {
      for (int column = 0; column < transposed.length; column++) {
        transposed[column][row] = costs[row][column];
      }
    }
    int[] rowOfColumn = assign(transposed);
    int[] result = new int[costs.length];
    Arrays.fill(result, NONE);
    for (int column = 0; column < rowOfColumn.length; column++) {
      result[rowOfColumn[column]] = column;
    }
    return result;
  }

  private static void requireMatrix(double[][] costs) {
    if (costs.length == 0 || costs[0].length == 0) {
      throw new IllegalArgumentException("costs must have at least one row and one column");
    }
    for (double[] row : costs) {
      if (row.length != costs[0].length) {
        throw new IllegalArgumentException(
            "every row of costs must have %d values as the first, but one has %d"
                .formatted(costs[0].length, row.length));
      }
      for (double cost : row) {
        if (!Double.isFinite(cost)) {
          throw new IllegalArgumentException("costs must be finite, but one is " + cost);
        }
      }
    }
  }

  /** For at most as many rows as columns. */
  private static int[] assign(double[][] costs) {
    Matching matching = new Matching(costs);
    for (int row = 0; row < costs.length; row++) {
      matching.place(row);
    }
    return matching.columnOfRow;
  }

  /** Gives one more row a column, moving others to new ones where that is cheaper. */
  private void place(int start) {
    Arrays.fill(distance, Double.POSITIVE_INFINITY);
    Arrays.fill(isSettled, false);
    int row = start;
    int nearest = NONE;
    double reached = 0;
    while (row != NONE) {
      nearest = step(row, reached);
      reached = distance[nearest];
      isSettled[nearest] = true;
      row = rowOfColumn[nearest];
    }
    rowPrice[start] += reached;
    for (int column = 0; column < rowOfColumn.length; column++) {
      if (isSettled[column] && column != nearest) {
        rowPrice[rowOfColumn[column]] += reached - distance[column];
        columnPrice[column] -= reached - distance[column];
      }
    }
    augment(nearest, start);
  }

  /** Looks from a row along all edges, then gives the nearest column that is not settled. */
  private int step(int row, double reached) {
    int nearest = NONE;
    for (int column = 0; column < rowOfColumn.length; column++) {
      if (isSettled[column]) {
        continue;
      }
      double through = reached + costs[row][column] - rowPrice[row] - columnPrice[column];
      if (through < distance[column]) {
        distance[column] = through;
        previous[column] = row;
      }
      if (nearest == NONE || distance[column] < distance[nearest]) {
        nearest = column;
      }
    }
    return nearest;
  }

  /** Moves every row of the path one column on, from its end back to its start. */
  private void augment(int end, int start) {
    int column = end;
    int row = NONE;
    while (row != start) {
      row = previous[column];
      int left = columnOfRow[row];
      rowOfColumn[column] = row;
      columnOfRow[row] = column;
      column = left;
    }
  }
}
