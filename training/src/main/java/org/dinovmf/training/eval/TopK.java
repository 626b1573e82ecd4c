package org.dinovmf.training.eval;

/**
 * The best rows seen so far, as a heap whose root is the worst of them.
 *
 * <p>Of equal cosines the lower row is better; rows come in rising order.
 */
final class TopK {

  private final int[] rows;
  private final float[] cosines;
  private int size;

  TopK(int capacity) {
    rows = new int[capacity];
    cosines = new float[capacity];
  }

  void offer(int row, float cosine) {
    if (size < rows.length) {
      int at = size++;
      while (at > 0 && isWorse(row, cosine, (at - 1) / 2)) {
        move((at - 1) / 2, at);
        at = (at - 1) / 2;
      }
      set(at, row, cosine);
    } else if (cosine > cosines[0]) {
      sink(row, cosine);
    }
  }

  /** Sorts and hands over; nothing may be offered after it. */
  Neighbors sorted() {
    int[] sortedRows = new int[size];
    float[] sortedCosines = new float[size];
    for (int place = size - 1; place >= 0; place--) {
      sortedRows[place] = rows[0];
      sortedCosines[place] = cosines[0];
      size--;
      sink(rows[size], cosines[size]);
    }
    return new Neighbors(sortedRows, sortedCosines);
  }

  /** Puts an entry in place of the root. */
  private void sink(int row, float cosine) {
    int at = 0;
    while (2 * at + 1 < size) {
      int child = 2 * at + 1;
      if (child + 1 < size && isWorse(rows[child + 1], cosines[child + 1], child)) {
        child++;
      }
      if (isWorse(row, cosine, child)) {
        break;
      }
      move(child, at);
      at = child;
    }
    set(at, row, cosine);
  }

  private boolean isWorse(int row, float cosine, int other) {
    return cosine < cosines[other] || (cosine == cosines[other] && row > rows[other]);
  }

  private void move(int from, int to) {
    set(to, rows[from], cosines[from]);
  }

  private void set(int at, int row, float cosine) {
    rows[at] = row;
    cosines[at] = cosine;
  }
}
