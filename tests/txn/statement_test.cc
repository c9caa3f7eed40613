#include "txn/statement.h"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <string>

#include "support/status_matchers.h"

namespace daftar::testing {
namespace {

CommitOptions States(const std::string& parts) {
  CommitOptions options;
  if (parts.find('a') != std::string::npos) options.actor = "registrar";
  if (parts.find('r') != std::string::npos) options.reason = "renewed";
  if (parts.find('d') != std::string::npos) options.decision = "1403/77";
  return options;
}

catalog::TableDef Requires(const std::string& name, const std::string& parts) {
  catalog::TableDef table;
  table.name = name;
  table.requires_actor = parts.find('a') != std::string::npos;
  table.requires_reason = parts.find('r') != std::string::npos;
  table.requires_decision = parts.find('d') != std::string::npos;
  return table;
}

TEST_CASE("statement: a table's parts are required, and named when they are missing", "[txn]") {
  const auto [required, stated, missing] =
      GENERATE(table<const char*, const char*, const char*>({{"", "", ""},
                                                             {"", "ard", ""},
                                                             {"a", "", "actor"},
                                                             {"a", "rd", "actor"},
                                                             {"a", "a", ""},
                                                             {"r", "ad", "reason"},
                                                             {"r", "r", ""},
                                                             {"d", "ar", "decision"},
                                                             {"d", "d", ""},
                                                             {"ard", "", "actor"},
                                                             {"ard", "a", "reason"},
                                                             {"ard", "ar", "decision"},
                                                             {"ard", "ard", ""}}));
  CAPTURE(required, stated);
  const catalog::TableDef open = Requires("open", "");
  const catalog::TableDef strict = Requires("strict", required);
  REQUIRE_OK(txn::CheckStatement(States(stated), {&open}));
  REQUIRE_OK(txn::CheckStatement(States(stated), {}));
  const absl::Status status = txn::CheckStatement(States(stated), {&open, &strict});
  if (std::string_view(missing).empty()) {
    CHECK_THAT(status, StatusIs(absl::StatusCode::kOk, ""));
  } else {
    CHECK_THAT(status, StatusIs(absl::StatusCode::kInvalidArgument,
                                "the table requires a statement that the commit lacks; give it; "
                                "table=strict; missing=" +
                                    std::string(missing)));
  }
}

TEST_CASE("statement: what the journal cannot hold is refused first", "[txn]") {
  CommitOptions options;
  options.actor = "two\nlines";
  CHECK_THAT(txn::CheckStatement(options, {}),
             StatusIs(absl::StatusCode::kInvalidArgument,
                      "what the commit states cannot be stored; field=actor"));
}

TEST_CASE("statement: is what the options say", "[txn]") {
  const CommitOptions options = States("ard");
  const journal::Statement statement = txn::StatementOf(options);
  CHECK(statement.actor == "registrar");
  CHECK(statement.reason == "renewed");
  CHECK(statement.decision == "1403/77");
}

}  // namespace
}  // namespace daftar::testing
