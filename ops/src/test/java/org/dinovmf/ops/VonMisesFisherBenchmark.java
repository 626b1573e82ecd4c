package org.dinovmf.ops;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.tensorflow.Graph;
import org.tensorflow.Operand;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.family.TFloating;
import org.tensorflow.types.family.TType;

/**
 * Value and gradient of the normalizer of 65,536 prototypes, beside the one-term formula that
 * TensorFlow differentiates.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class VonMisesFisherBenchmark {

  private static final int PROTOTYPES = 65_536;

  /** Which formula; {@code ofSquare} is the one that the loss uses. */
  public enum Formula {
    oneTerm,
    ofKappa,
    ofSquare;

    <T extends TFloating> Operand<T> build(Ops tf, Operand<T> x, int dim) {
      return switch (this) {
        case oneTerm -> OneTermFormula.relativeLogNormalizer(tf, x, dim);
        case ofKappa -> VonMisesFisher.relativeLogNormalizer(tf, x, dim);
        case ofSquare -> VonMisesFisher.relativeLogNormalizerOfSquare(tf, x, dim);
      };
    }
  }

  @Param({"2", "16", "64", "256", "1024"})
  private int dim;

  @Param({"float32", "float64"})
  private String precision;

  @Param private Formula formula;

  private Graph graph;
  private Session session;
  private TType kappa;
  private Operand<?> input;
  private Operand<?> value;
  private Operand<?> gradient;

  @Setup
  public void build() {
    double[] kappas = new double[PROTOTYPES];
    for (int i = 0; i < PROTOTYPES; i++) {
      kappas[i] = 100.0 * i / PROTOTYPES; // norms of up to 10 at temperature 0.1
      if (formula == Formula.ofSquare) {
        kappas[i] *= kappas[i];
      }
    }
    graph = new Graph();
    if (precision.equals("float32")) {
      float[] narrow = new float[PROTOTYPES];
      for (int i = 0; i < PROTOTYPES; i++) {
        narrow[i] = (float) kappas[i];
      }
      kappa = TFloat32.tensorOf(Shape.of(PROTOTYPES), DataBuffers.of(narrow));
      build(TFloat32.class);
    } else {
      kappa = TFloat64.tensorOf(Shape.of(PROTOTYPES), DataBuffers.of(kappas));
      build(TFloat64.class);
    }
    session = new Session(graph);
  }

  private <T extends TFloating> void build(Class<T> type) {
    Ops tf = Ops.create(graph);
    Operand<T> x = tf.placeholder(type, Placeholder.shape(Shape.of(PROTOTYPES)));
    Operand<T> y = formula.build(tf, x, dim);
    input = x;
    value = y;
    gradient = VmfGraph.gradient(graph, y, x, VmfGraph.ones(tf, PROTOTYPES, type));
  }

  @Benchmark
  public void valueAndGradient() {
    Session.Runner runner =
        session.runner().feed(input, kappa).addTarget(value).addTarget(gradient);
    try (Result result = runner.run()) {
      if (result.size() != 0) {
        throw new IllegalStateException("nothing is fetched");
      }
    }
  }

  @TearDown
  public void close() {
    session.close();
    graph.close();
    kappa.close();
  }
}
