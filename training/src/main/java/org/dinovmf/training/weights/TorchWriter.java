package org.dinovmf.training.weights;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.OutputStream;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Writes float32 tensors as {@code torch.save} does, so that {@code torch.load} reads them. */
final class TorchWriter {

  private static final String FOLDER = "archive/";

  /** A fixed time makes equal weights equal files; zip files count from 1980. */
  private static final LocalDateTime TIME = LocalDateTime.of(1980, 1, 2, 0, 0);

  private final ZipOutputStream zip;

  private TorchWriter(ZipOutputStream zip) {
    this.zip = zip;
  }

  /**
   * Writes a whole file to a stream, which stays the caller's to close.
   *
   * @param groups tables of tensors by name, in order; those of the name "" stand outermost
   */
  static void write(OutputStream stream, Map<String, List<NamedTensor>> groups) throws IOException {
    ZipOutputStream zip = new ZipOutputStream(stream);
    new TorchWriter(zip).write(groups);
    zip.finish();
  }

  private void write(Map<String, List<NamedTensor>> groups) throws IOException {
    List<NamedTensor> storages = new ArrayList<>();
    entry("data.pkl", pickle(groups, storages));
    entry("byteorder", "little".getBytes(US_ASCII));
    for (int i = 0; i < storages.size(); i++) {
      NamedTensor tensor = storages.get(i);
      CRC32 sum = new CRC32();
      tensor.writeTo(new SumStream(sum));
      begin("data/" + i, tensor.bytes(), sum);
      tensor.writeTo(zip);
      zip.closeEntry();
    }
    entry("version", "3\n".getBytes(US_ASCII));
  }

  private static byte[] pickle(Map<String, List<NamedTensor>> groups, List<NamedTensor> storages) {
    PickleWriter pickle = new PickleWriter();
    pickle.beginTable();
    groups.forEach(
        (group, tensors) -> {
          if (!group.isEmpty()) {
            pickle.text(group);
            pickle.beginTable();
          }
          for (NamedTensor tensor : tensors) {
            pickle.text(tensor.name());
            pickle.tensor(Integer.toString(storages.size()), tensor.shape());
            storages.add(tensor);
          }
          if (!group.isEmpty()) {
            pickle.endTable();
          }
        });
    pickle.endTable();
    return pickle.finish();
  }

  private void entry(String name, byte[] bytes) throws IOException {
    CRC32 sum = new CRC32();
    sum.update(bytes);
    begin(name, bytes.length, sum);
    zip.write(bytes);
    zip.closeEntry();
  }

  /** Stored entries carry their sum in front of the data. */
  private void begin(String name, long bytes, CRC32 sum) throws IOException {
    ZipEntry entry = new ZipEntry(FOLDER + name);
    entry.setMethod(ZipEntry.STORED);
    entry.setTimeLocal(TIME);
    entry.setSize(bytes);
    entry.setCompressedSize(bytes);
    entry.setCrc(sum.getValue());
    zip.putNextEntry(entry);
  }

  /** Adds up what is written. */
  private static final class SumStream extends OutputStream {

    private final CRC32 sum;

    SumStream(CRC32 sum) {
      this.sum = sum;
    }

    @Override
    public void write(int value) {
      sum.update(value);
    }

    @Override
    public void write(byte[] bytes, int offset, int count) {
      sum.update(bytes, offset, count);
    }
  }
}
