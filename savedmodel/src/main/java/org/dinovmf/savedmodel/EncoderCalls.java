package org.dinovmf.savedmodel;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.tensorflow.Result;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.proto.SignatureDef;
import org.tensorflow.types.TBool;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TString;

/** Runs the signatures of an encoder; thread safe as a session is. */
final class EncoderCalls {

  private final Session session;
  private final Map<Ability, SignatureDef> signatures;

  /** Signatures by what they are for; the session stays the caller's. */
  EncoderCalls(Session session, Map<Ability, SignatureDef> signatures) {
    this.session = session;
    this.signatures = new EnumMap<>(signatures);
  }

  static EncoderCalls of(Session session, List<Endpoint> endpoints) {
    Map<Ability, SignatureDef> signatures = new EnumMap<>(Ability.class);
    endpoints.forEach(endpoint -> signatures.put(endpoint.ability(), endpoint.signature()));
    return new EncoderCalls(session, signatures);
  }

  boolean has(Ability ability) {
    return signatures.containsKey(ability);
  }

  /** The size of an axis of an input; below 0 if it is free. */
  long inputSize(Ability ability, String input, int axis) {
    return signature(ability).getInputsOrThrow(input).getTensorShape().getDim(axis).getSize();
  }

  /** How many values a signature gives. */
  int outputs(Ability ability) {
    return signature(ability).getOutputsCount();
  }

  /**
   * The named values of a signature.
   *
   * @param fed inputs by name
   * @throws MissingAbilityException if the encoder lacks the signature
   */
  Values run(Ability ability, Map<String, Tensor> fed, String... outputs) {
    SignatureDef signature = signature(ability);
    Session.Runner runner = session.runner();
    fed.forEach((name, tensor) -> runner.feed(signature.getInputsOrThrow(name).getName(), tensor));
    Arrays.stream(outputs)
        .forEach(output -> runner.fetch(signature.getOutputsOrThrow(output).getName()));
    return new Values(runner.run());
  }

  private SignatureDef signature(Ability ability) {
    SignatureDef signature = signatures.get(ability);
    if (signature == null) {
      throw ability.missing();
    }
    return signature;
  }

  /** The values of a call in the order in which they were asked for; the caller closes them. */
  static final class Values implements AutoCloseable {

    private final Result result;

    private Values(Result result) {
      this.result = result;
    }

    float[] vector(int index) {
      return TensorRows.vector(result.get(index));
    }

    float[][] rows(int index) {
      return TensorRows.copy(result.get(index));
    }

    float[][][] cube(int index) {
      return TensorRows.copyCube(result.get(index));
    }

    float[][][][] maps(int index) {
      return TensorRows.copyMaps(result.get(index));
    }

    /** The first row of strings. */
    List<String> names(int index) {
      return TensorRows.firstRow((TString) result.get(index));
    }

    int[][] numbers(int index) {
      return TensorRows.copyNumbers((TInt32) result.get(index));
    }

    boolean[] flags(int index) {
      return TensorRows.copyFlags((TBool) result.get(index));
    }

    @Override
    public void close() {
      result.close();
    }
  }
}
