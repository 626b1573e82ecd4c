package org.dinovmf.training.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CropRandomTest {

  @Test
  void everyArgumentCounts() {
    Set<Double> values = new HashSet<>();
    int count = 0;
    for (long seed = -1; seed < 2; seed++) {
      for (long epoch = 0; epoch < 3; epoch++) {
        for (String path : new String[] {"a", "b", "a/b", "b/a", ""}) {
          for (int view = 0; view < 10; view++) {
            values.add(CropRandom.of(seed, epoch, path, view).nextDouble());
            count++;
          }
        }
      }
    }
    assertEquals(count, values.size());
  }

  /**
   * From crop_random.py. Any change of the numbers would break the bit-equal continuation of a run.
   */
  @Test
  void numbersNeverChange() {
    CropRandom random = CropRandom.of(1, 2, "cats/\u732b.jpg", 3);
    assertEquals(0.15026603629720636, random.nextDouble());
    assertEquals(0.09665323280341653, random.nextDouble());
  }

  @Test
  void valuesAreUniformAndViewsIndependent() {
    int count = 20_000;
    double sum = 0;
    double product = 0;
    int[] cells = new int[7];
    for (int i = 0; i < count; i++) {
      double a = CropRandom.of(5, 0, "image" + i, 0).nextDouble();
      double b = CropRandom.of(5, 0, "image" + i, 1).nextDouble();
      sum += a / count;
      product += (a - 0.5) * (b - 0.5) / count;
      cells[CropRandom.of(5, 0, "image" + i, 2).nextInt(7)]++;
    }
    assertEquals(0.5, sum, 5 * Math.sqrt(1.0 / 12 / count));
    assertEquals(0, product, 5.0 / 12 / Math.sqrt(count));
    double chiSquare = 0;
    for (int cell : cells) {
      chiSquare += Math.pow(cell - count / 7.0, 2) / (count / 7.0);
    }
    assertTrue(chiSquare < 33.1, "chi-square of 6 degrees above its 1e-5 quantile: " + chiSquare);
  }

  @Test
  void emptyRangeIsItsEnd() {
    assertEquals(0.25, CropRandom.of(1, 1, "x", 0).nextDouble(0.25, 0.25));
  }
}
