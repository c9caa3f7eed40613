// Rules on fields and their groups and unions.

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators_range.hpp>

#include "catalog/evolution_case.h"

namespace daftar {
namespace {

using testing::EvolutionCase;
constexpr Verdict kSafe = Verdict::kSafe;
constexpr Verdict kForbidden = Verdict::kForbidden;

TEST_CASE("evolution: judges added, renamed and removed fields", "[catalog]") {
  const std::vector<EvolutionCase> cases = {
      {"nothing", "depth @1 :Int32;", "depth @1 :Int32;", kSafe, ""},
      {"comments", "depth @1 :Int32;", "depth @1 :Int32;  # in metres\n", kSafe, ""},
      {"source order", "a @1 :Int32; b @2 :Text;", "b @2 :Text; a @1 :Int32;", kSafe, ""},
      {"field added", "a @1 :Int32;", "a @1 :Int32; b @2 :Text;", kSafe, "1 Well.b"},
      {"optional added", "", "d :union { none @1 :Void; day @2 :Int32 $Daftar.date; }", kSafe,
       "1 Well.d"},
      {"group added", "", "g :group { a @1 :Int32; b @2 :Text; }", kSafe, "1 Well.g.a, 1 Well.g.b"},
      {"union added", "", "union { a @1 :Int32; b @2 :Text; }", kSafe, "1 Well.a, 1 Well.b"},
      {"field added to a group", "g :group { a @1 :Int32; b @2 :Int32; }",
       "g :group { a @1 :Int32; b @2 :Int32; c @3 :Int32; }", kSafe, "1 Well.g.c"},
      {"member added to a union", "u :union { a @1 :Int32; b @2 :Text; }",
       "u :union { a @1 :Int32; b @2 :Text; c @3 :Bool; }", kSafe, "1 Well.u.c"},
      {"member put first in a union", "u :union { a @1 :Int32; b @2 :Text; }",
       "u :union { c @3 :Bool; a @1 :Int32; b @2 :Text; }", kSafe, "1 Well.u.c"},
      {"member added to an optional", "d :union { none @1 :Void; day @2 :Int32; }",
       "d :union { none @1 :Void; day @2 :Int32; text @3 :Text; }", kSafe,
       "5 Well.d, 1 Well.d.text"},
      {"field renamed", "a @1 :Int32;", "b @1 :Int32;", kSafe, "5 Well.a"},
      {"key renamed",
       "struct Well @0xb0d4f8f1a8c6e101 $Daftar.table(name = \"well\", key = "
       "[\"a\"]) { a @0 :Text; }",
       "struct Well @0xb0d4f8f1a8c6e101 $Daftar.table(name = \"well\", key = [\"b\"]) "
       "{ b @0 :Text; }",
       kSafe, "5 Well.a"},
      {"group renamed", "g :group { a @1 :Int32; b @2 :Int32; }",
       "h :group { a @1 :Int32; b @2 :Int32; }", kSafe, "5 Well.g"},
      {"optional renamed", "d :union { none @1 :Void; day @2 :Int32; }",
       "e :union { none @1 :Void; day @2 :Int32; }", kSafe, "5 Well.d"},
      {"members of an optional renamed, which nobody sees",
       "d :union { none @1 :Void; day @2 :Int32; }", "d :union { unset @1 :Void; on @2 :Int32; }",
       kSafe, ""},
      {"name given to a new field of another type", "a @1 :Text;", "aOld @1 :Text; a @2 :Int32;",
       kSafe, "5 Well.a, 1 Well.a"},
      {"last field removed", "a @1 :Int32; b @2 :Text;", "a @1 :Int32;", kForbidden, "40 Well.b"},
      {"last field of a group removed", "g :group { a @1 :Int32; b @2 :Text; }",
       "g :group { a @1 :Int32; }", kForbidden, "40 Well.g.b"},
      {"middle field removed", "a @1 :Text; b @2 :Text; c @3 :Text;", "a @1 :Text; c @2 :Text;",
       kForbidden, "40 Well.b, 44 Well.c"},
      {"field inserted", "a @1 :Text; b @2 :Text;", "a @1 :Text; x @2 :Text; b @3 :Text;",
       kForbidden, "44 Well.b, 1 Well.b"},
      {"names swapped", "a @1 :Text; b @2 :Text;", "b @1 :Text; a @2 :Text;", kForbidden,
       "44 Well.a, 44 Well.b"},
      {"number reused by another field and type", "a @1 :Text; b @2 :Int32;",
       "b @1 :Int32; c @2 :Int32;", kForbidden, "40 Well.a, 44 Well.b"},
      {"field removed from a nested struct",
       "p @1 :P; struct P @0xb0d4f8f1a8c6e102 { a @0 :Text; "
       "b @1 :Text; }",
       "p @1 :P; struct P @0xb0d4f8f1a8c6e102 { a @0 :Text; }", kForbidden, "40 Well.P.b"},
      {"field added to a nested struct", "p @1 :P; struct P @0xb0d4f8f1a8c6e102 { a @0 :Text; }",
       "p @1 :P; struct P @0xb0d4f8f1a8c6e102 { a @0 :Text; b @1 :Text; }", kSafe, "1 Well.P.b"},
  };
  testing::CheckEvolutionCase(GENERATE_REF(Catch::Generators::from_range(cases)));
}

TEST_CASE("evolution: judges fields that move into groups and unions", "[catalog]") {
  const std::vector<EvolutionCase> cases = {
      {"into a new group", "a @1 :Int32;", "g :group { a @1 :Int32; b @2 :Int32; }", kSafe,
       "8 Well.a, 1 Well.g.b"},
      {"into a new named union", "a @1 :Int32;",
       "u :union { a @1 :Int32; b @2 :Text; c @3 :Bool; }", kSafe,
       "8 Well.a, 1 Well.u.b, 1 Well.u.c"},
      {"into a new unnamed union", "a @1 :Int32;", "union { a @1 :Int32; b @2 :Text; }", kSafe,
       "8 Well.a, 1 Well.b"},
      {"made optional", "depth @1 :Int32;", "depth :union { metres @1 :Int32; none @2 :Void; }",
       kSafe, "8 Well.depth"},
      {"made optional and renamed", "depth @1 :Int32;",
       "deep :union { metres @1 :Int32; none @2 :Void; }", kSafe, "8 Well.depth, 5 Well.depth"},
      {"group into a new unnamed union", "g :group { a @1 :Int32; b @2 :Int32; }",
       "union { g :group { a @1 :Int32; b @2 :Int32; } c @3 :Text; }", kSafe,
       "8 Well.g.a, 8 Well.g.b, 1 Well.c"},
      {"two fields into one group", "a @1 :Int32; b @2 :Int32;",
       "g :group { a @1 :Int32; b @2 :Int32; }", kForbidden, "47 Well.a, 47 Well.b"},
      {"two fields into one union", "a @1 :Int32; b @2 :Text;",
       "union { a @1 :Int32; b @2 :Text; }", kForbidden, "47 Well.b, 8 Well.a"},
      {"into an existing group", "g :group { a @1 :Int32; b @2 :Int32; } c @3 :Int32;",
       "g :group { a @1 :Int32; b @2 :Int32; c @3 :Int32; }", kForbidden, "47 Well.c"},
      {"into an existing union", "union { a @1 :Int32; b @2 :Text; } c @3 :Int32;",
       "union { a @1 :Int32; b @2 :Text; c @3 :Int32; }", kForbidden, "47 Well.c"},
      {"to the front of an existing union", "a @1 :Int32; union { b @2 :Int32; c @3 :Text; }",
       "union { a @1 :Int32; b @2 :Int32; c @3 :Text; }", kForbidden,
       "47 Well.b, 47 Well.c, 8 Well.a"},
      {"out of a group", "g :group { a @1 :Int32; b @2 :Int32; }", "a @1 :Int32; b @2 :Int32;",
       kForbidden, "47 Well.g.a, 47 Well.g.b"},
      {"out of a union", "union { a @1 :Int32; b @2 :Text; }", "a @1 :Int32; b @2 :Text;",
       kForbidden, "47 Well.a, 47 Well.b"},
      {"the last member out of a union", "union { a @1 :Int32; b @2 :Text; c @3 :Bool; }",
       "union { a @1 :Int32; b @2 :Text; } c @3 :Bool;", kForbidden, "47 Well.c"},
      {"an optional no longer one", "d :union { none @1 :Void; day @2 :Int32; }",
       "none @1 :Void; d @2 :Int32;", kForbidden, "47 Well.d.none, 47 Well.d"},
      {"second in a new union", "a @1 :Int32; b @2 :Int32;",
       "a @1 :Int32; u :union { c @3 :Text; b @2 :Int32; }", kSafe, "8 Well.b, 1 Well.u.c"},
  };
  testing::CheckEvolutionCase(GENERATE_REF(Catch::Generators::from_range(cases)));
}

}  // namespace
}  // namespace daftar
