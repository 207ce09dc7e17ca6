#!/usr/bin/env python3
"""Writes unicode_tables.h: letters, numbers and lower case of the Unicode version of this Python.

    make_unicode_tables.py > unicode_tables.h
"""
import sys
import unicodedata

END = 0x110000


def ranges(prefix):
    result = []
    for code in range(END):
        if unicodedata.category(chr(code))[0] == prefix:
            if result and result[-1][1] == code - 1:
                result[-1][1] = code
            else:
                result.append([code, code])
    return result


def lower_case():
    """Runs [first, last, step, delta]: every step-th code from first to last maps to itself + delta."""
    runs = []
    for code in range(END):
        target = chr(code).lower()
        if len(target) != 1 or ord(target) == code:
            continue
        delta = ord(target) - code
        if runs and runs[-1][3] == delta:
            first, last, step, _ = runs[-1]
            gap = code - last
            if gap in (1, 2) and (first == last or gap == step):
                runs[-1][1], runs[-1][2] = code, gap
                continue
        runs.append([code, code, 1, delta])
    return runs


def table(kind, name, rows):
    print(f"\ninline constexpr {kind} {name}[] = {{")
    line = "   "
    for row in rows:
        cells = [f"0x{row[0]:x}", f"0x{row[1]:x}"] + [str(cell) for cell in row[2:]]
        item = " {" + ", ".join(cells) + "},"
        if len(line) + len(item) > 108:
            print(line)
            line = "   "
        line += item
    print(line)
    print("};")


print("#pragma once")
print()
print(f"// Made by make_unicode_tables.py from Unicode {unicodedata.unidata_version}; do not edit.")
print("// clang-format off")
print()
print("#include <cstdint>")
print()
print("namespace fit::embed {")
print()
print("// The codes from first to last.\nstruct CodeRange {\n  char32_t first;\n  char32_t last;\n};")
print()
print("// Every step-th code from first to last maps to itself + delta.")
print("struct LowerRun {\n  char32_t first;\n  char32_t last;\n  std::uint32_t step;\n  std::int32_t delta;\n};")
table("CodeRange", "kLetters", ranges("L"))
table("CodeRange", "kNumbers", ranges("N"))
table("LowerRun", "kLowerRuns", lower_case())
print("\n}  // namespace fit::embed")
sys.stdout.flush()
