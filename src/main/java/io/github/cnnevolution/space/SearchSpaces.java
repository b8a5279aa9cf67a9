package io.github.cnnevolution.space;

import io.github.cnnevolution.text.Text;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;

/** Search spaces by name: what a run's name for its space leads to. Immutable. */
public final class SearchSpaces {
  private final Map<String, Supplier<SearchSpace>> spaces;

  private SearchSpaces(Map<String, Supplier<SearchSpace>> spaces) {
    this.spaces = Collections.unmodifiableMap(spaces);
  }

  /** The spaces of this package; {@code SpaceFile.builtIn} adds those that are files. */
  public static SearchSpaces builtIn() {
    return new SearchSpaces(Map.of()).with(new PlainSpace());
  }

  /**
   * Returns these spaces and another one.
   *
   * @throws IllegalArgumentException if its name is not allowed, or another space has it
   */
  public SearchSpaces with(SearchSpace space) {
    Optional<SearchSpace> other = find(Names.check("search space", space.name()));
    if (other.isPresent() && !other.get().equals(space)) {
      throw new IllegalArgumentException(
          Text.format("there is a search space of the name '%s' already", space.name()));
    }
    return with(space.name(), () -> space);
  }

  /**
   * Returns these spaces and another one in place of any of its name.
   *
   * @param making makes it whenever it is asked for
   */
  public SearchSpaces with(String name, Supplier<SearchSpace> making) {
    Map<String, Supplier<SearchSpace>> more = new TreeMap<>(spaces);
    more.put(name, making);
    return new SearchSpaces(more);
  }

  /** The names, sorted. */
  public List<String> names() {
    return new ArrayList<>(spaces.keySet());
  }

  /** Returns the space of this name, if there is one. */
  public Optional<SearchSpace> find(String name) {
    return Optional.ofNullable(spaces.get(name)).map(Supplier::get);
  }

  /**
   * Returns the space of this name.
   *
   * @throws IllegalArgumentException if there is none; the message says which there are
   */
  public SearchSpace get(String name) {
    return find(name)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    Text.format(
                        "there is no search space '%s'; there are: %s",
                        name, String.join(", ", names()))));
  }
}
