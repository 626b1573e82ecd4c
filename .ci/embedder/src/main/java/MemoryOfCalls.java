import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.dinovmf.savedmodel.Encoder;

/**
 * Calls an encoder 100,000 times and exits with 1 if the resident memory of the process is more
 * than 5 % above that after 5,000 calls: MODEL. Linux only, which tells it in /proc.
 */
public final class MemoryOfCalls {

  private static final int WARM = 5_000;
  private static final int CALLS = 100_000;

  public static void main(String[] args) throws Exception {
    long before = 0;
    try (Encoder encoder = Encoder.load(Path.of(args[0]))) {
      int side = encoder.spec().transform().crop();
      float[][][][] pixels = new float[1][side][side][encoder.spec().channels().count()];
      for (int call = 1; call <= CALLS; call++) {
        encoder.embedPixels(pixels);
        if (call == WARM) {
          before = resident();
        }
      }
      long after = resident();
      double growth = 100.0 * (after - before) / before;
      System.out.printf(
          Locale.ROOT,
          "%d px: %d KiB after %d calls, %d KiB after %d: %+.1f %%%n",
          side,
          before,
          WARM,
          after,
          CALLS,
          growth);
      System.exit(growth <= 5 ? 0 : 1);
    }
  }

  /** In KiB, after what can be collected is. */
  private static long resident() throws Exception {
    System.gc();
    List<String> status = Files.readAllLines(Path.of("/proc/self/status"));
    String line = status.stream().filter(l -> l.startsWith("VmRSS:")).findFirst().orElseThrow();
    return Long.parseLong(line.replaceAll("\\D", ""));
  }
}
