package io.github.cnnevolution.cli;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Tuple;

/** Texts that a person, a script or an attacker might put where a value belongs. */
final class HostileTexts {
  private HostileTexts() {}

  /** Mostly short; some of 100,000 characters. */
  static Arbitrary<String> any() {
    return Arbitraries.frequencyOf(
        Tuple.of(6, numbers()),
        Tuple.of(3, known()),
        Tuple.of(3, Arbitraries.strings().all().ofMaxLength(20)),
        Tuple.of(2, Arbitraries.strings().ascii().ofMaxLength(20)),
        Tuple.of(2, Arbitraries.strings().withChars("01").ofMinLength(15).ofMaxLength(40)),
        Tuple.of(1, Arbitraries.of("9", "0", "x", "\n").map(text -> text.repeat(100_000))));
  }

  /** Numbers at and beyond every edge, and what looks like numbers. */
  private static Arbitrary<String> numbers() {
    return Arbitraries.oneOf(
        Arbitraries.integers().map(String::valueOf),
        Arbitraries.integers().between(-2, 40).map(String::valueOf),
        Arbitraries.longs().map(String::valueOf),
        Arbitraries.doubles().map(String::valueOf),
        Arbitraries.bigIntegers().map(String::valueOf),
        Arbitraries.of(
            "NaN",
            "-NaN",
            "Infinity",
            "-Infinity",
            "1e999",
            "-0",
            "-0.0",
            "1e-400",
            "0x10",
            "1d",
            "0x1p3",
            "1_000",
            "1,5",
            "+5",
            " 5",
            "5 ",
            "\u0663",
            "\uff15",
            "5\n",
            "5\0",
            "0,0,0",
            "0,-1",
            ",",
            "0,",
            "2147483648",
            "-9223372036854775809"));
  }

  private static Arbitrary<String> known() {
    return Arbitraries.of(
        "",
        " ",
        "-",
        "--",
        "---",
        "=",
        "-=",
        "--=",
        "-=5",
        "--=5",
        "-5=5",
        "-\0",
        "'",
        "\"",
        "\"quoted\"",
        "'a b'",
        "\n",
        "\r\n",
        "a\nb",
        "a\rb",
        "\tat io.x(Y.java:1)",
        "\0",
        "a\0b",
        "\u001b[31mred\u001b[0m",
        "\u0085",
        "\u2028",
        "\u202etxt.exe",
        "\ufeff",
        "\ufffe",
        "\ud800",
        "\udc00\ud800",
        "\ud83d\ude00",
        "\u00e4\u00f6\u00fc \u4e2d\u6587",
        "%s%n%d%",
        "{0}",
        "${user.home}",
        "$(id)",
        "`id`",
        "*",
        "~",
        ".",
        "..",
        "/",
        "no/such/file",
        "pom.xml/below",
        "all",
        "none",
        "auto",
        "fp32",
        "bf16",
        "AUTO",
        "synthetic",
        "http:",
        "http://",
        "https://[",
        "ftp://host/file",
        "file:///etc/passwd",
        "-h5",
        "-V",
        "--version",
        "--help=x",
        "--no-such-option",
        "--no_such_option=3",
        "-pop_size",
        "--pop_size",
        "--pop-size=3",
        "--POP_SIZE");
  }
}
