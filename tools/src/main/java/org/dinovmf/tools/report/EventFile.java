package org.dinovmf.tools.report;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Locale;
import java.util.Map;
import org.tensorflow.proto.DataClass;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.Event;
import org.tensorflow.proto.SessionLog;
import org.tensorflow.proto.Summary;
import org.tensorflow.proto.SummaryMetadata;
import org.tensorflow.proto.TensorProto;
import org.tensorflow.proto.TensorShapeProto;

/**
 * A TensorBoard event file, in the form of TensorFlow 2's summaries: every value is a tensor with
 * the name of the plugin that shows it and its class of data. Not thread safe.
 *
 * <p>A session of training writes a file of its own; TensorBoard joins those of a folder by name.
 */
public final class EventFile implements AutoCloseable {

  private static final String VERSION = "brain.Event:2";

  private final RecordFile records;
  private final Path file;
  private final Clock clock;

  private EventFile(RecordFile records, Path file, Clock clock) {
    this.records = records;
    this.file = file;
    this.clock = clock;
  }

  /**
   * Begins a file in a folder.
   *
   * @param doneSteps steps that earlier sessions did and that stand; TensorBoard drops what they
   *     wrote of later ones. 0 for a new run
   * @param clock gives the file its name and the events their wall time
   */
  public static EventFile create(Path folder, long doneSteps, Clock clock) throws IOException {
    Files.createDirectories(folder);
    long seconds = clock.instant().getEpochSecond();
    for (int i = 0; ; i++) {
      Path file =
          folder.resolve(
              String.format(Locale.ROOT, "events.out.tfevents.%010d.dinovmf.%d", seconds, i));
      if (Files.notExists(file)) { // another session may have begun within this second
        EventFile events = new EventFile(RecordFile.create(file), file, clock);
        try {
          events.begin(doneSteps);
          return events;
        } catch (IOException e) {
          events.close();
          throw e;
        }
      }
    }
  }

  /** Where the events are. */
  public Path file() {
    return file;
  }

  /** One value for each tag, shown as curves over the steps. */
  public void scalars(long step, Map<String, Double> values) throws IOException {
    Summary.Builder summary = Summary.newBuilder();
    values.forEach(
        (tag, value) ->
            summary.addValue(
                value(
                    tag,
                    "scalars",
                    DataClass.DATA_CLASS_SCALAR,
                    TensorProto.newBuilder()
                        .setDtype(DataType.DT_FLOAT)
                        .setTensorShape(shape())
                        .addFloatVal(value.floatValue()))));
    write(step, summary);
  }

  /** The distribution of some values over a step. */
  public void histogram(long step, String tag, float[] values) throws IOException {
    double[][] buckets = Histogram.buckets(values);
    TensorProto.Builder tensor =
        TensorProto.newBuilder()
            .setDtype(DataType.DT_DOUBLE)
            .setTensorShape(shape(buckets.length, 3)); // left edge, right edge, count
    for (double[] bucket : buckets) {
      for (double number : bucket) {
        tensor.addDoubleVal(number);
      }
    }
    write(
        step,
        Summary.newBuilder()
            .addValue(value(tag, "histograms", DataClass.DATA_CLASS_TENSOR, tensor)));
  }

  /**
   * A picture.
   *
   * @param width pixels
   * @param height pixels
   * @param png the encoded picture
   */
  public void image(long step, String tag, int width, int height, byte[] png) throws IOException {
    TensorProto.Builder tensor =
        TensorProto.newBuilder()
            .setDtype(DataType.DT_STRING)
            .setTensorShape(shape(3)) // width, height, one picture
            .addStringVal(decimal(width))
            .addStringVal(decimal(height))
            .addStringVal(ByteString.copyFrom(png));
    write(
        step,
        Summary.newBuilder()
            .addValue(value(tag, "images", DataClass.DATA_CLASS_BLOB_SEQUENCE, tensor)));
  }

  /**
   * TensorBoard's Python reader takes the first start of a folder for that of the run and only
   * later ones for a restart, so a new run tells of its start too.
   */
  private void begin(long doneSteps) throws IOException {
    write(event().setFileVersion(VERSION));
    write(
        event()
            .setStep(doneSteps + 1)
            .setSessionLog(SessionLog.newBuilder().setStatus(SessionLog.SessionStatus.START)));
  }

  private void write(long step, Summary.Builder summary) throws IOException {
    write(event().setStep(step).setSummary(summary));
  }

  private void write(Event.Builder event) throws IOException {
    records.write(event.build().toByteArray());
  }

  private Event.Builder event() {
    return Event.newBuilder().setWallTime(clock.millis() / 1e3);
  }

  private static Summary.Value value(
      String tag, String plugin, DataClass dataClass, TensorProto.Builder tensor) {
    return Summary.Value.newBuilder()
        .setTag(tag)
        .setMetadata(
            SummaryMetadata.newBuilder()
                .setDataClass(dataClass)
                .setPluginData(SummaryMetadata.PluginData.newBuilder().setPluginName(plugin)))
        .setTensor(tensor)
        .build();
  }

  private static TensorShapeProto shape(int... sizes) {
    TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
    for (int size : sizes) {
      shape.addDim(TensorShapeProto.Dim.newBuilder().setSize(size));
    }
    return shape.build();
  }

  private static ByteString decimal(int number) {
    return ByteString.copyFrom(Integer.toString(number), StandardCharsets.US_ASCII);
  }

  @Override
  public void close() throws IOException {
    records.close();
  }
}
