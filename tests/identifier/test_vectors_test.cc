// Numbers that other projects publish as valid or not.
#include <catch2/catch_test_macros.hpp>
#include <set>

#include "identifier/canonical.h"
#include "identifier/separated_file.h"
#include "support/test_data.h"

namespace daftar::identifier {
namespace {

// `shortened`: numbers that one project takes and the other refuses, because it puts back zeros
// that got lost in front. We refuse them: the number is not known to be of this scheme then.
void CheckVectors(Scheme scheme, const char* name, size_t rows_min,
                  const std::set<std::string>& shortened) {
  const std::filesystem::path folder = testing::TestData("identifiers");
  DAFTAR_REQUIRE_FOLDER(folder);
  const auto rows = testing::ReadRows(folder / name, '\t');
  CHECK(rows.size() >= rows_min);
  for (const auto& row : rows) {
    const std::string& value = row.at("value");
    CAPTURE(value, row.at("source"));
    const bool is_valid = row.at("expected") == "valid" && !shortened.contains(value);
    CHECK(Canonical(scheme, value).ok() == is_valid);
  }
}

TEST_CASE("test vectors: LEI", "[identifier][vectors]") {
  CheckVectors(Scheme::kLei, "vectors_lei.tsv", 154, {});
}

TEST_CASE("test vectors: shenase melli", "[identifier][vectors]") {
  CheckVectors(Scheme::kIranLegalId, "vectors_iran_legal_id.tsv", 27, {});
}

TEST_CASE("test vectors: kod-e melli", "[identifier][vectors]") {
  CheckVectors(Scheme::kIranNationalId, "vectors_iran_national_id.tsv", 37,
               {"68415941", "068415941"});
}

}  // namespace
}  // namespace daftar::identifier
