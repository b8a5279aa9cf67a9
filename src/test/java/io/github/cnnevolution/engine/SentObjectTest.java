package io.github.cnnevolution.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.cnnevolution.evaluation.FitnessFunction;
import io.github.cnnevolution.space.Chromosome;
import io.github.cnnevolution.space.PlainSpace;
import io.github.cnnevolution.space.ResidualTestSpace;
import io.github.cnnevolution.space.SearchSpace;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SentObjectTest {
  @Test
  void isFoundWhereTheThreadFindsClasses() throws Exception {
    OtherClass other = new OtherClass();
    SentObject sent = SentObject.of("fitness", "other", other.fitness());
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    thread.setContextClassLoader(other.loader());
    try {
      assertEquals("other", sent.copy(FitnessFunction.class).name());
    } finally {
      thread.setContextClassLoader(before);
    }
    String missing =
        assertThrows(SettingException.class, () -> sent.copy(FitnessFunction.class)).getMessage();
    assertEquals(
        "fitness other: its class OtherFitness is not there; give all machines the jar that has it (spark.jars, or spark.executor.extraClassPath)",
        missing);
  }

  @Test
  void whatCannotBeSentIsRefused() {
    Object holder = Map.of("a", new Object());
    assertEquals(
        "space mine: is Java of your own, and java.lang.Object does not implement java.io.Serializable, so that no executor of a cluster can get it; let it do so, or train on this machine",
        assertThrows(SettingException.class, () -> SentObject.of("space", "mine", holder))
            .getMessage());
  }

  /** By their content executors tell whether they have the same search still. */
  @Test
  void copiesOfTheSameAreEqual() {
    assertEquals(SentObject.of("a", "b", "text"), SentObject.of("a", "b", "te".concat("xt")));
    assertNotEquals(SentObject.of("a", "b", "text"), SentObject.of("a", "b", "other"));
  }

  /** A program may narrow a space of its own, of which no definition can be written. */
  @Test
  void aNarrowedSpaceOfAProgramKeepsItsChoices() {
    SearchSpace own = new ResidualTestSpace().narrow(Map.of("width", List.of("16")));
    SearchSpace copy = SentJava.of(own).searchSpace();
    assertEquals(own.choices(), copy.choices());
    assertEquals(ResidualTestSpace.NAME, copy.name());
    assertEquals(own.genes(), copy.genes());
    Chromosome chromosome = new Chromosome("000000");
    assertEquals(own.decode(chromosome, 10), copy.decode(chromosome, 10));
    assertNotEquals(new ResidualTestSpace().decode(chromosome, 10), copy.decode(chromosome, 10));
  }

  @Test
  void aSpaceOfThisProgramNeedsNoObject() {
    SearchSpace plain = new PlainSpace().narrow(Map.of("kernel", List.of("3")));
    SentJava sent = SentJava.of(plain);
    assertNull(sent.space());
    assertEquals(plain.choices(), sent.searchSpace().choices());
  }
}
