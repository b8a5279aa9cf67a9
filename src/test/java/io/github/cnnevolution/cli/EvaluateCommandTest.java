package io.github.cnnevolution.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.cnnevolution.evaluation.Candidates;
import io.github.cnnevolution.evaluation.Evaluation;
import io.github.cnnevolution.evaluation.FailureKind;
import java.util.List;
import org.junit.jupiter.api.Test;

class EvaluateCommandTest {
  @Test
  void oneFailureAmongManyIsAFailure() {
    Evaluation success = Candidates.success(Candidates.job(0, 0), "cpu-0", 1);
    Evaluation failure =
        Evaluation.failed(Candidates.job(1, 1), FailureKind.TIME, "took too long", "cpu-0");
    assertEquals(ExitCode.OK, EvaluateCommand.code(List.of(success, success)));
    assertEquals(ExitCode.FAILED, EvaluateCommand.code(List.of(success, failure)));
    assertEquals(ExitCode.FAILED, EvaluateCommand.code(List.of(failure)));
  }
}
