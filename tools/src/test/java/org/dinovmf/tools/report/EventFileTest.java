package org.dinovmf.tools.report;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tensorflow.proto.DataClass;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.Event;
import org.tensorflow.proto.SessionLog;
import org.tensorflow.proto.Summary;
import org.tensorflow.proto.TensorProto;
import org.tensorflow.proto.TensorShapeProto;

class EventFileTest {

  private static final Clock CLOCK =
      Clock.fixed(Instant.ofEpochMilli(1_700_000_000_250L), ZoneOffset.UTC);

  @TempDir Path folder;

  /** The check value of CRC-32C is e3069283 for "123456789"; masked by hand. */
  @Test
  void readerOfTheTestsHasTheRightChecksum() {
    assertEquals(0xc78ab0e5, EventRecords.masked("123456789".getBytes(StandardCharsets.US_ASCII)));
  }

  @Test
  void namesTheFileByTheSecond() throws IOException {
    try (EventFile events = EventFile.create(folder, 0, CLOCK)) {
      assertEquals(folder.resolve("events.out.tfevents.1700000000.dinovmf.0"), events.file());
    }
  }

  @Test
  void twoSessionsOfOneSecondWriteTwoFiles() throws IOException {
    try (EventFile first = EventFile.create(folder, 0, CLOCK);
        EventFile second = EventFile.create(folder, 0, CLOCK)) {
      assertNotEquals(first.file(), second.file());
    }
  }

  @Test
  void beginsWithTheVersion() throws IOException {
    Event first = write(0, events -> {}).get(0);
    assertEquals("brain.Event:2", first.getFileVersion());
    assertEquals(1_700_000_000.25, first.getWallTime());
  }

  @Test
  void newRunTellsOfItsStart() throws IOException {
    Event start = write(0, events -> {}).get(1);
    assertEquals(SessionLog.SessionStatus.START, start.getSessionLog().getStatus());
    assertEquals(1, start.getStep());
  }

  @Test
  void resumedRunSupersedesTheStepsAfterTheRestoredOne() throws IOException {
    Event restart = write(40, events -> {}).get(1);
    assertEquals(SessionLog.SessionStatus.START, restart.getSessionLog().getStatus());
    assertEquals(41, restart.getStep());
  }

  @Test
  void writesScalars() throws IOException {
    Event event = write(0, events -> events.scalars(7, Map.of("train/loss", 1.5))).get(2);
    Summary.Value value = event.getSummary().getValue(0);
    assertEquals(7, event.getStep());
    assertEquals(1_700_000_000.25, event.getWallTime());
    assertEquals("train/loss", value.getTag());
    assertEquals("scalars", value.getMetadata().getPluginData().getPluginName());
    assertEquals(DataClass.DATA_CLASS_SCALAR, value.getMetadata().getDataClass());
    assertEquals(DataType.DT_FLOAT, value.getTensor().getDtype());
    assertEquals(List.of(), shape(value.getTensor()));
    assertEquals(List.of(1.5f), value.getTensor().getFloatValList());
  }

  @Test
  void writesHistogram() throws IOException {
    float[] kappa = {1, 2, 3, 4};
    Event event = write(0, events -> events.histogram(7, "prototypes/kappa", kappa)).get(2);
    Summary.Value value = event.getSummary().getValue(0);
    assertEquals("histograms", value.getMetadata().getPluginData().getPluginName());
    assertEquals(DataClass.DATA_CLASS_TENSOR, value.getMetadata().getDataClass());
    assertEquals(DataType.DT_DOUBLE, value.getTensor().getDtype());
    assertEquals(List.of(30L, 3L), shape(value.getTensor()));
    assertEquals(90, value.getTensor().getDoubleValCount());
    assertEquals(List.of(1.0, 1.1, 1.0), value.getTensor().getDoubleValList().subList(0, 3));
  }

  @Test
  void writesImage() throws IOException {
    byte[] png = {(byte) 0x89, 'P'};
    Event event = write(0, events -> events.image(7, "crops", 30, 20, png)).get(2);
    Summary.Value value = event.getSummary().getValue(0);
    assertEquals("images", value.getMetadata().getPluginData().getPluginName());
    assertEquals(DataClass.DATA_CLASS_BLOB_SEQUENCE, value.getMetadata().getDataClass());
    assertEquals(DataType.DT_STRING, value.getTensor().getDtype());
    assertEquals(List.of(3L), shape(value.getTensor()));
    List<ByteString> strings = value.getTensor().getStringValList();
    assertEquals("30", strings.get(0).toStringUtf8());
    assertEquals("20", strings.get(1).toStringUtf8());
    assertArrayEquals(png, strings.get(2).toByteArray());
  }

  private static List<Long> shape(TensorProto tensor) {
    return tensor.getTensorShape().getDimList().stream()
        .map(TensorShapeProto.Dim::getSize)
        .toList();
  }

  private interface Use {
    void with(EventFile events) throws IOException;
  }

  private List<Event> write(long doneSteps, Use use) throws IOException {
    try (EventFile events = EventFile.create(folder, doneSteps, CLOCK)) {
      use.with(events);
      return EventRecords.read(events.file()); // while the file is open: nothing is held back
    }
  }
}
