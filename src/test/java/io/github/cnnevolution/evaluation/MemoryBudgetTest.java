package io.github.cnnevolution.evaluation;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class MemoryBudgetTest {
  @Test
  void admitsWhatIsFree() {
    MemoryBudget budget = new MemoryBudget(10);
    assertTrue(budget.admits(10));
    assertFalse(budget.admits(11));
    budget.claim("a", 6);
    assertTrue(budget.admits(4));
    assertFalse(budget.admits(5));
    budget.release("a");
    assertTrue(budget.admits(10));
  }

  @Test
  void aDeviceTakenWholeAdmitsNotEvenNothing() {
    MemoryBudget budget = new MemoryBudget(10);
    budget.claim("a", 0);
    assertFalse(budget.isUnused());
    budget.release("a");
    assertTrue(budget.isUnused());
    budget.claimWhole("b");
    assertFalse(budget.admits(0));
    assertFalse(budget.isUnused());
    budget.release("b");
    assertTrue(budget.admits(10));
  }

  @Test
  void anUnlimitedBudgetDoesNotOverflow() {
    MemoryBudget budget = new MemoryBudget(Long.MAX_VALUE);
    budget.claim("a", Long.MAX_VALUE - 1);
    assertTrue(budget.admits(1));
    assertFalse(budget.admits(2));
    budget.release("a");
    budget.claimWhole("a");
    budget.release("a");
    assertTrue(budget.admits(Long.MAX_VALUE));
  }
}
