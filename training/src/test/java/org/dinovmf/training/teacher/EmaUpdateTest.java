package org.dinovmf.training.teacher;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.Map;
import org.dinovmf.graph.Initializer;
import org.dinovmf.graph.WeightStore.Variable;
import org.dinovmf.training.UpdateFixture;
import org.junit.jupiter.api.Test;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.op.Op;
import org.tensorflow.op.Ops;
import org.tensorflow.op.core.Placeholder;
import org.tensorflow.types.TFloat64;

class EmaUpdateTest {

  private static final double[] TEACHER = {1, -2, 0.1};
  private static final double[] STUDENT = {3, 0.7, -0.2};

  @Test
  void momentumOneChangesNothing() {
    assertArrayEquals(TEACHER, after(1));
  }

  @Test
  void momentumZeroCopies() {
    assertArrayEquals(STUDENT, after(0), 1e-15);
  }

  @Test
  void momentumIsTheTeachersShare() {
    double[] expected = new double[TEACHER.length];
    for (int i = 0; i < expected.length; i++) {
      expected[i] = 0.9 * TEACHER[i] + (1 - 0.9) * STUDENT[i];
    }
    assertArrayEquals(expected, after(0.9), 1e-15);
  }

  /** Within one run, the average takes in what the update before it left. */
  @Test
  void followsTheUpdatedStudent() {
    try (UpdateFixture fixture = new UpdateFixture()) {
      Variable<TFloat64> student = student(fixture);
      Variable<TFloat64> teacher = teacher(fixture);
      Ops tf = fixture.tf();
      // As a gradient's does, the update needs the value that was read before it.
      Op update =
          tf.assignVariableOp(
              student.handle(), tf.math.add(student.value(), tf.constant(new double[] {1, 1, 1})));
      Op ema = EmaUpdate.of(tf.withControlDependencies(update), teacher, student, tf.constant(0.5));
      fixture.initialize();
      fixture.run(ema, Map.of());
      assertArrayEquals(new double[] {1, 1, 1}, fixture.values(student));
      assertArrayEquals(new double[] {0.5, 0.5, 0.5}, fixture.values(teacher));
    }
  }

  private static double[] after(double momentum) {
    try (UpdateFixture fixture = new UpdateFixture()) {
      Variable<TFloat64> student = student(fixture);
      Variable<TFloat64> teacher = teacher(fixture);
      Placeholder<TFloat64> fed = fixture.placeholder(Shape.scalar());
      Op ema = EmaUpdate.of(fixture.tf(), teacher, student, fed);
      fixture.initialize();
      fixture.assign(student, STUDENT);
      fixture.assign(teacher, TEACHER);
      fixture.run(ema, Map.of(fed, new double[] {momentum}));
      assertArrayEquals(STUDENT, fixture.values(student), "the student stays");
      return fixture.values(teacher);
    }
  }

  private static Variable<TFloat64> student(UpdateFixture fixture) {
    return fixture.student("a", Shape.of(3));
  }

  private static Variable<TFloat64> teacher(UpdateFixture fixture) {
    return fixture.store().variable("teacher", "a", Shape.of(3), Initializer.ZEROS);
  }
}
