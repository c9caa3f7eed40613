// What a schema file that does not parse is reported as.

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "record/schema_set.h"
#include "support/status_matchers.h"
#include "support/temp_dir.h"

namespace daftar {
namespace {

using record::SchemaSet;
using testing::StatusIs;
using testing::TempDir;
using testing::WriteFile;
constexpr absl::StatusCode kInvalid = absl::StatusCode::kInvalidArgument;

std::string Message(const absl::StatusOr<std::shared_ptr<const SchemaSet>>& parsed) {
  return std::string(parsed.status().message());
}

struct BadText {
  const char* name;
  const char* text;
  const char* message;
};

TEST_CASE("schema source: reports file, line and cause when a text does not parse", "[catalog]") {
  const BadText bad = GENERATE(values<BadText>({
      {"syntax", "@0xa1b2c3d4e5f60718;\nstruct Well {\n  depth @0 Int32;\n}\n",
       "wells.capnp:3: Parse error."},
      {"unknown type", "@0xa1b2c3d4e5f60718;\nstruct Well { depth @0 :Int65; }\n",
       "wells.capnp:2: Not defined: Int65"},
      {"unknown import",
       "@0xa1b2c3d4e5f60718;\n\nusing X = import \"/absent.capnp\";\n"
       "struct Well { depth @0 :X.Y; }\n",
       "wells.capnp:3: Import failed: /absent.capnp"},
      {"no file id", "struct Well { depth @0 :Int32; }\n",
       "wells.capnp:1: File does not declare an ID."},
      {"ordinal twice", "@0xa1b2c3d4e5f60718;\nstruct Well {\n  a @0 :Text;\n  b @0 :Text;\n}\n",
       "wells.capnp:4: Duplicate ordinal number."},
  }));
  CAPTURE(bad.name);
  const auto parsed = SchemaSet::ParseText("wells.capnp", bad.text);
  CHECK(parsed.status().code() == kInvalid);
  CHECK(Message(parsed).substr(0, std::string_view(bad.message).size()) == bad.message);

  // From a file the path stands as the user gave it.
  const TempDir folder;
  const std::filesystem::path file = folder / "wells.capnp";
  WriteFile(file, bad.text);
  const std::string expected = (file.parent_path() / "").string() + bad.message;
  const auto from_file = SchemaSet::Parse({file, {}});
  CHECK(Message(from_file).substr(0, expected.size()) == expected);
  const std::filesystem::path relative = std::filesystem::relative(file);
  const auto from_relative = SchemaSet::Parse({relative, {}});
  const std::string prefix = relative.string() + ":";
  CHECK(Message(from_relative).substr(0, prefix.size()) == prefix);
}

TEST_CASE("schema source: reports the imported file when the error is there", "[catalog]") {
  const TempDir folder;
  const std::filesystem::path file = folder / "wells.capnp";
  const std::filesystem::path part = folder / "part.capnp";
  WriteFile(part, "@0xa1b2c3d4e5f60719;\nstruct Part {\n  a @0 :Int65;\n}\n");

  WriteFile(file,
            "@0xa1b2c3d4e5f60718;\nusing P = import \"part.capnp\";\n"
            "struct Well { p @0 :P.Part; }\n");
  CHECK_THAT(SchemaSet::Parse({file, {}}),
             StatusIs(kInvalid, part.string() + ":3: Not defined: Int65"));

  // Found in an import path, it is reported as it was imported.
  WriteFile(file,
            "@0xa1b2c3d4e5f60718;\nusing P = import \"/part.capnp\";\n"
            "struct Well { p @0 :P.Part; }\n");
  const auto parsed = SchemaSet::Parse({file, {folder.path()}});
  CHECK(Message(parsed).substr(0, 13) == "/part.capnp:3");
}

TEST_CASE("schema source: says which file or folder is absent", "[catalog]") {
  const TempDir folder;
  CHECK_THAT(SchemaSet::Parse({folder / "absent.capnp", {}}),
             StatusIs(absl::StatusCode::kNotFound, "schema file is absent; file="));
  WriteFile(folder / "a.capnp", "@0xa1b2c3d4e5f60718;\nstruct A { a @0 :Text; }\n");
  CHECK_THAT(SchemaSet::Parse({folder / "a.capnp", {folder / "absent"}}),
             StatusIs(absl::StatusCode::kNotFound, "import path is not a folder; path="));
  // A file need not be called .capnp.
  WriteFile(folder / "a.txt", "@0xa1b2c3d4e5f60718;\nstruct A { a @0 :Int65; }\n");
  CHECK_THAT(SchemaSet::Parse({folder / "a.txt", {}}), StatusIs(kInvalid, "a.txt:2: Not defined"));
}

}  // namespace
}  // namespace daftar
