package io.github.cnnevolution.data;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ClassGroupsTest {
  /** As Krizhevsky lists them: five classes in each of 20 groups. */
  @Test
  void cifar100HasTwentyGroupsOfFive() {
    List<String> classes = ClassNames.ofCifar100().names();
    ClassGroups groups = ClassGroups.of(ClassNames.ofCifar100()).orElseThrow();
    assertEquals(20, groups.names().size());
    assertEquals(100, groups.ofClass().size());
    for (int group = 0; group < 20; group++) {
      assertEquals(5, members(groups, group).size(), groups.names().get(group));
    }
    assertEquals(
        List.of("maple_tree", "oak_tree", "palm_tree", "pine_tree", "willow_tree"),
        members(groups, groups.names().indexOf("trees")).stream().map(classes::get).toList());
    assertEquals(
        List.of("baby", "boy", "girl", "man", "woman"),
        members(groups, groups.names().indexOf("people")).stream().map(classes::get).toList());
    assertEquals(
        List.of("lawn_mower", "rocket", "streetcar", "tank", "tractor"),
        members(groups, groups.names().indexOf("vehicles 2")).stream().map(classes::get).toList());
  }

  private static List<Integer> members(ClassGroups groups, int group) {
    return IntStream.range(0, 100).filter(i -> groups.ofClass().get(i) == group).boxed().toList();
  }

  @Test
  void otherClassesHaveNone() {
    assertEquals(Optional.empty(), ClassGroups.of(ClassNames.numbers(100)));
  }
}
