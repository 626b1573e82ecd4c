package org.dinovmf.tools.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NearestNameTest {

  @ParameterizedTest
  @CsvSource({
    "kitten, sitting, 3",
    "lr, lr, 0",
    "'', lr, 2",
    "lr, '', 2",
    "flaw, lawn, 2",
    "epochs, epoch, 1"
  })
  void countsChangedLetters(String a, String b, int distance) {
    assertEquals(distance, NearestName.distance(a, b));
  }

  @ParameterizedTest
  @CsvSource({
    "BatchSize, batch-size",
    "batch_size, batch-size",
    "epoch, epochs",
    "warmup-epoch, warmup-epochs",
    "weight-decay-ends, weight-decay-end"
  })
  void findsTheNearestKey(String word, String key) {
    assertEquals(Optional.of(key), NearestName.of(word, Settings.keys()));
  }

  @Test
  void findsNothingThatIsFarOff() {
    assertEquals(Optional.empty(), NearestName.of("zzzzzz", List.of("epochs", "batch-size")));
    assertEquals(Optional.empty(), NearestName.of("2", List.of("1", "3")), "all is changed");
  }
}
