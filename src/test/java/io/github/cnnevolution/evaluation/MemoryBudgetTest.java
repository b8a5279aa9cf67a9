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
  void noticesWhenCachesOfSeveralWorkersDoNotFitSideBySide() {
    MemoryBudget budget = new MemoryBudget(10);
    assertFalse(budget.claim("a", 6));
    budget.release("a");
    assertFalse(budget.claim("b", 4), "6 cached for a, 4 for b");
    assertFalse(budget.claim("a", 3), "has 6 cached");
    budget.release("b");
    assertTrue(budget.claim("b", 7), "of a's 6 it uses 3");
    budget.release("b");
    assertFalse(budget.claim("b", 7), "its own cache is enough");
  }

  @Test
  void anUnlimitedBudgetDoesNotOverflow() {
    MemoryBudget budget = new MemoryBudget(Long.MAX_VALUE);
    assertFalse(budget.claim("a", Long.MAX_VALUE - 1));
    assertTrue(budget.admits(1));
    assertFalse(budget.admits(2));
    budget.release("a");
    budget.claimWhole("a");
    budget.release("a");
    assertTrue(budget.claim("b", 5), "all of it is cached for a");
    assertFalse(budget.claim("c", 5));
  }
}
