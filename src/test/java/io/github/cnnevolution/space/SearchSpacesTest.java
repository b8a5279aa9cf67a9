package io.github.cnnevolution.space;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class SearchSpacesTest {
  @Test
  void findsSpacesByTheirNames() {
    SearchSpace own = new ResidualTestSpace();
    SearchSpaces spaces = SearchSpaces.builtIn().with(own);
    assertEquals(List.of("plain", "residual-test"), spaces.names());
    assertSame(own, spaces.get("residual-test"));
    assertEquals("plain", spaces.get("plain").name());
    assertEquals(List.of("plain"), SearchSpaces.builtIn().names());
    assertSame(own, spaces.find("residual-test").orElseThrow());
    assertTrue(SearchSpaces.builtIn().find("residual-test").isEmpty());
  }

  @Test
  void saysWhichThereAre() {
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> SearchSpaces.builtIn().get("other"));
    assertEquals("there is no search space 'other'; there are: plain", e.getMessage());
  }

  @Test
  void aNameBelongsToOneSpace() {
    SearchSpaces spaces = SearchSpaces.builtIn();
    assertThrows(IllegalArgumentException.class, () -> spaces.with(new PlainSpace()));
  }
}
