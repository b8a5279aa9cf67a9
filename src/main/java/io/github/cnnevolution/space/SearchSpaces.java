package io.github.cnnevolution.space;

import io.github.cnnevolution.text.Text;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Search spaces by name: what a run's name for its space leads to. Immutable. */
public final class SearchSpaces {
  private final Map<String, SearchSpace> spaces;

  private SearchSpaces(Map<String, SearchSpace> spaces) {
    this.spaces = Collections.unmodifiableMap(spaces);
  }

  /** The spaces that come with this program. */
  public static SearchSpaces builtIn() {
    return new SearchSpaces(Map.of()).with(new PlainSpace());
  }

  /**
   * Returns these spaces and another one.
   *
   * @throws IllegalArgumentException if its name is not allowed, or another space has it
   */
  public SearchSpaces with(SearchSpace space) {
    Map<String, SearchSpace> more = new TreeMap<>(spaces);
    SearchSpace other = more.put(Names.check("search space", space.name()), space);
    if (other != null && !other.equals(space)) {
      throw new IllegalArgumentException(
          Text.format("there is a search space of the name '%s' already", space.name()));
    }
    return new SearchSpaces(more);
  }

  /** The names, sorted. */
  public List<String> names() {
    return new ArrayList<>(spaces.keySet());
  }

  /** Returns the space of this name, if there is one. */
  public Optional<SearchSpace> find(String name) {
    return Optional.ofNullable(spaces.get(name));
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
