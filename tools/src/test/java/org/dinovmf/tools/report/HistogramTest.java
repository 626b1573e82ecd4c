package org.dinovmf.tools.report;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class HistogramTest {

  @Test
  void countsInEqualBuckets() {
    float[] values = new float[61];
    for (int i = 0; i <= 60; i++) {
      values[i] = i;
    }
    double[][] buckets = Histogram.buckets(values);
    assertEquals(30, buckets.length);
    assertArrayEquals(new double[] {0, 2, 2}, buckets[0]);
    assertArrayEquals(new double[] {28, 30, 2}, buckets[14]);
    assertArrayEquals(new double[] {58, 60, 3}, buckets[29]); // the last one is closed
  }

  @Test
  void leavesOutWhatIsNotFinite() {
    double[][] buckets =
        Histogram.buckets(new float[] {1, Float.NaN, 2, Float.POSITIVE_INFINITY, 2});
    assertEquals(3, Arrays.stream(buckets).mapToDouble(bucket -> bucket[2]).sum());
    assertEquals(2, buckets[29][1]);
  }

  @Test
  void equalValuesShareOneBucket() {
    assertArrayEquals(new double[][] {{9.5, 10.5, 3}}, Histogram.buckets(new float[] {10, 10, 10}));
  }

  @Test
  void noValueHasNoBucket() {
    assertEquals(0, Histogram.buckets(new float[] {Float.NaN}).length);
  }
}
