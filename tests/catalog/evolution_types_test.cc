// Rules on types, defaults, meanings and enumerations.

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators_range.hpp>

#include "catalog/evolution_case.h"

namespace daftar {
namespace {

using testing::EvolutionCase;
constexpr Verdict kSafe = Verdict::kSafe;
constexpr Verdict kMigrate = Verdict::kMigrate;
constexpr Verdict kForbidden = Verdict::kForbidden;

TEST_CASE("evolution: judges types and defaults of fields", "[catalog]") {
  const std::vector<EvolutionCase> cases = {
      {"wider integer", "a @1 :Int32;", "a @1 :Int64;", kForbidden, "41 Well.a"},
      {"narrower integer", "a @1 :Int64;", "a @1 :Int32;", kForbidden, "41 Well.a"},
      {"other sign", "a @1 :Int32;", "a @1 :UInt32;", kForbidden, "41 Well.a"},
      {"integer to float", "a @1 :Int32;", "a @1 :Float32;", kForbidden, "41 Well.a"},
      {"integer to text", "a @1 :Int32;", "a @1 :Text;", kForbidden, "41 Well.a"},
      {"text to a list", "a @1 :Text;", "a @1 :List(Text);", kForbidden, "41 Well.a"},
      {"text to data", "a @1 :Text;", "a @1 :Data;", kForbidden, "42 Well.a"},
      {"data to text", "a @1 :Data;", "a @1 :Text;", kForbidden, "42 Well.a"},
      {"texts to data in a list", "a @1 :List(Text);", "a @1 :List(Data);", kForbidden,
       "42 Well.a"},
      {"bytes to data", "a @1 :List(UInt8);", "a @1 :Data;", kForbidden, "41 Well.a"},
      {"elements of a list", "a @1 :List(Int32);", "a @1 :List(Int64);", kForbidden, "41 Well.a"},
      {"struct to a list of it", "p @1 :P; struct P @0xb0d4f8f1a8c6e102 { a @0 :Text; }",
       "p @1 :List(P); struct P @0xb0d4f8f1a8c6e102 { a @0 :Text; }", kForbidden, "41 Well.p"},
      {"void to a value", "a @1 :Void;", "a @1 :Bool;", kForbidden, "41 Well.a"},
      {"enum to its number", "s @1 :S; enum S @0xb0d4f8f1a8c6e103 { a @0; }", "s @1 :UInt16;",
       kForbidden, "41 Well.s"},
      {"texts become structs", "a @1 :List(Text);",
       "a @1 :List(P); struct P @0xb0d4f8f1a8c6e102 { a @0 :Text; b @1 :Int32; }", kSafe,
       "10 Well.a, 2 Well.P"},
      {"integers become structs", "a @1 :List(Int32);",
       "a @1 :List(P); struct P @0xb0d4f8f1a8c6e102 { a @0 :Int32; }", kSafe,
       "10 Well.a, 2 Well.P"},
      {"dates become structs of dates", "a @1 :List(Int32) $Daftar.date;",
       "a @1 :List(P); struct P @0xb0d4f8f1a8c6e102 { a @0 :Int32 $Daftar.date; }", kSafe,
       "10 Well.a, 2 Well.P"},
      {"dates become structs of integers", "a @1 :List(Int32) $Daftar.date;",
       "a @1 :List(P); struct P @0xb0d4f8f1a8c6e102 { a @0 :Int32; }", kMigrate,
       "32 Well.a, 10 Well.a, 2 Well.P"},
      {"flags become structs", "a @1 :List(Bool);",
       "a @1 :List(P); struct P @0xb0d4f8f1a8c6e102 { a @0 :Bool; }", kForbidden,
       "41 Well.a, 2 Well.P"},
      {"texts become structs of another first field", "a @1 :List(Text);",
       "a @1 :List(P); struct P @0xb0d4f8f1a8c6e102 { a @0 :Int32; b @1 :Text; }", kForbidden,
       "41 Well.a, 2 Well.P"},
      {"structs become texts", "a @1 :List(P); struct P @0xb0d4f8f1a8c6e102 { a @0 :Text; }",
       "a @1 :List(Text);", kForbidden, "41 Well.a"},
      {"default given", "a @1 :Int32;", "a @1 :Int32 = 7;", kForbidden, "43 Well.a"},
      {"default changed", "a @1 :Bool = true;", "a @1 :Bool;", kForbidden, "43 Well.a"},
      {"default zero spelt out", "a @1 :Int32;", "a @1 :Int32 = 0;", kSafe, ""},
      {"default of a text", "a @1 :Text = \"x\";", "a @1 :Text = \"y\";", kForbidden, "43 Well.a"},
      {"default of a float", "a @1 :Float64 = 0.5;", "a @1 :Float64 = -0.5;", kForbidden,
       "43 Well.a"},
      {"default kept in a new union", "a @1 :Int32 = 7;",
       "u :union { a @1 :Int32 = 7; b @2 :Text; c @3 :Bool; }", kSafe,
       "8 Well.a, 1 Well.u.b, 1 Well.u.c"},
  };
  testing::CheckEvolutionCase(GENERATE_REF(Catch::Generators::from_range(cases)));
}

TEST_CASE("evolution: judges the meaning of fields", "[catalog]") {
  const std::vector<EvolutionCase> cases = {
      {"decimal added", "a @1 :Int64;", "a @1 :Int64 $Daftar.decimal(2);", kMigrate, "31 Well.a"},
      {"decimal removed", "a @1 :Int64 $Daftar.decimal(2);", "a @1 :Int64;", kMigrate, "31 Well.a"},
      {"scale changed", "a @1 :Int64 $Daftar.decimal(2);", "a @1 :Int64 $Daftar.decimal(3);",
       kMigrate, "31 Well.a"},
      {"date added", "a @1 :Int32;", "a @1 :Int32 $Daftar.date;", kMigrate, "32 Well.a"},
      {"date removed", "a @1 :Int32 $Daftar.date;", "a @1 :Int32;", kMigrate, "32 Well.a"},
      {"instant added", "a @1 :Int64;", "a @1 :Int64 $Daftar.instant;", kMigrate, "32 Well.a"},
      {"decimal to date", "a @1 :Int32 $Daftar.decimal(2);", "a @1 :Int32 $Daftar.date;", kMigrate,
       "32 Well.a"},
      {"json added", "a @1 :Text;", "a @1 :Text $Daftar.json;", kMigrate, "33 Well.a"},
      {"json removed", "a @1 :Text $Daftar.json;", "a @1 :Text;", kSafe, "12 Well.a"},
      {"scale in an optional", "a :union { none @1 :Void; v @2 :Int64 $Daftar.decimal(2); }",
       "a :union { none @1 :Void; v @2 :Int64 $Daftar.decimal(4); }", kMigrate, "31 Well.a"},
      {"scale in a nested struct", "p @1 :P; struct P @0xb0d4f8f1a8c6e102 { a @0 :Int64; }",
       "p @1 :P; struct P @0xb0d4f8f1a8c6e102 { a @0 :Int64 $Daftar.decimal(4); }", kMigrate,
       "31 Well.P.a"},
      {"scale in a struct that no table stores",
       "struct P @0xb0d4f8f1a8c6e102 { a @0 :Int64; } "
       "struct W @0xb0d4f8f1a8c6e101 $Daftar.table(name = \"w\", key = [\"k\"]) { k @0 :Text; }",
       "struct P @0xb0d4f8f1a8c6e102 { a @0 :Int64 $Daftar.decimal(2); } "
       "struct W @0xb0d4f8f1a8c6e101 $Daftar.table(name = \"w\", key = [\"k\"]) { k @0 :Text; }",
       kSafe, ""},
  };
  testing::CheckEvolutionCase(GENERATE_REF(Catch::Generators::from_range(cases)));
}

TEST_CASE("evolution: judges enumerations and type ids", "[catalog]") {
  const std::vector<EvolutionCase> cases = {
      {"enumerant added", "s @1 :S; enum S @0xb0d4f8f1a8c6e103 { a @0; }",
       "s @1 :S; enum S @0xb0d4f8f1a8c6e103 { a @0; b @1; }", kSafe, "4 Well.S.b"},
      {"enumerant renamed", "s @1 :S; enum S @0xb0d4f8f1a8c6e103 { a @0; b @1; }",
       "s @1 :S; enum S @0xb0d4f8f1a8c6e103 { a @0; c @1; }", kSafe, "5 Well.S.b"},
      {"source order of enumerants", "s @1 :S; enum S @0xb0d4f8f1a8c6e103 { a @0; b @1; }",
       "s @1 :S; enum S @0xb0d4f8f1a8c6e103 { b @1; a @0; }", kSafe, ""},
      {"last enumerant removed", "s @1 :S; enum S @0xb0d4f8f1a8c6e103 { a @0; b @1; }",
       "s @1 :S; enum S @0xb0d4f8f1a8c6e103 { a @0; }", kForbidden, "45 Well.S.b"},
      {"middle enumerant removed", "s @1 :S; enum S @0xb0d4f8f1a8c6e103 { a @0; b @1; c @2; }",
       "s @1 :S; enum S @0xb0d4f8f1a8c6e103 { a @0; c @1; }", kForbidden,
       "45 Well.S.b, 46 Well.S.c"},
      {"enumerants swapped", "s @1 :S; enum S @0xb0d4f8f1a8c6e103 { a @0; b @1; }",
       "s @1 :S; enum S @0xb0d4f8f1a8c6e103 { b @0; a @1; }", kForbidden,
       "46 Well.S.a, 46 Well.S.b"},
      {"enumerant inserted", "s @1 :S; enum S @0xb0d4f8f1a8c6e103 { a @0; b @1; }",
       "s @1 :S; enum S @0xb0d4f8f1a8c6e103 { a @0; x @1; b @2; }", kForbidden, "46 Well.S.b"},
      {"enum renamed", "s @1 :S; enum S @0xb0d4f8f1a8c6e103 { a @0; }",
       "s @1 :T; enum T @0xb0d4f8f1a8c6e103 { a @0; }", kSafe, "5 Well.S"},
      {"struct renamed", "p @1 :P; struct P @0xb0d4f8f1a8c6e102 { a @0 :Text; }",
       "p @1 :Q; struct Q @0xb0d4f8f1a8c6e102 { a @0 :Text; }", kSafe, "5 Well.P"},
      {"struct renamed without an id of its own", "p @1 :P; struct P { a @0 :Text; }",
       "p @1 :Q; struct Q { a @0 :Text; }", kForbidden, "50 Well.p, 2 Well.Q"},
      {"field given another struct", "p @1 :P; struct P @0xb0d4f8f1a8c6e102 { a @0 :Text; }",
       "p @1 :Q; struct Q @0xb0d4f8f1a8c6e104 { a @0 :Text; }", kForbidden, "50 Well.p, 2 Well.Q"},
      {"field given another enum", "s @1 :S; enum S @0xb0d4f8f1a8c6e103 { a @0; }",
       "s @1 :T; enum T @0xb0d4f8f1a8c6e105 { a @0; }", kForbidden, "50 Well.s, 2 Well.T"},
      {"list given another struct", "p @1 :List(P); struct P @0xb0d4f8f1a8c6e102 { a @0 :Text; }",
       "p @1 :List(Q); struct Q @0xb0d4f8f1a8c6e104 { a @0 :Text; }", kForbidden,
       "50 Well.p, 2 Well.Q"},
      {"enum added", "", "s @1 :S; enum S @0xb0d4f8f1a8c6e103 { a @0; }", kSafe,
       "1 Well.s, 2 Well.S"},
      {"unused struct dropped", "struct P @0xb0d4f8f1a8c6e102 { a @0 :Int64; }", "", kSafe,
       "11 Well.P"},
      {"unused struct becomes an enum", "enum S @0xb0d4f8f1a8c6e103 { a @0; }",
       "struct S @0xb0d4f8f1a8c6e103 { a @0 :Int64; }", kForbidden, "52 Well.S"},
      {"unused enum loses an enumerant", "enum S @0xb0d4f8f1a8c6e103 { a @0; b @1; }",
       "enum S @0xb0d4f8f1a8c6e103 { a @0; }", kForbidden, "45 Well.S.b"},
      {"number of a union given to a field",
       "u @2! :union { a @1 :Int32; b @3 :Int64; } x @4 :Int32;",
       "u :union { a @1 :Int32; b @3 :Int64; } c @2 :Int32; x @4 :Int32;", kForbidden,
       "53 schema, 1 Well.c"},
  };
  testing::CheckEvolutionCase(GENERATE_REF(Catch::Generators::from_range(cases)));
}

}  // namespace
}  // namespace daftar
