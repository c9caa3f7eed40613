// Tables of generated classes.

#include <capnp/message.h>

#include <catch2/catch_test_macros.hpp>

#include "api/fixtures.h"
#include "daftar/registry.capnp.h"
#include "daftar/typed.h"

namespace daftar {
namespace {

using testing::MakeDatabase;
using testing::StatusIs;
using testing::TempDir;

TEST_CASE("typed table: records go in and out through a generated class", "[api]") {
  REQUIRE_OK_AND_ASSIGN(auto database, Database::Open("", {.in_memory = true}));
  REQUIRE_OK_AND_ASSIGN(const auto firms, Table<registry::Firm>::Open(*database));
  CHECK(firms.name() == "firm");
  capnp::MallocMessageBuilder message;
  auto firm = message.initRoot<registry::Firm>();
  firm.setRegistryNo("IR-1001");
  firm.setStatus(registry::FirmStatus::ACTIVE);
  auto names = firm.initNames(1);
  names[0].setLang("fa");
  names[0].setText("سیمان آباده");
  REQUIRE_OK(firms.Put(firm.asReader(), WriteIntent::kInsert));
  REQUIRE_OK_AND_ASSIGN(const auto found, firms.Get({"IR-1001"}));
  CHECK(found.reader().getStatus() == registry::FirmStatus::ACTIVE);
  CHECK(found.reader().getNames()[0].getText() == "سیمان آباده");
  REQUIRE_OK_AND_ASSIGN(const auto absent, firms.Find({"IR-1002"}));
  CHECK(!absent.has_value());
  CHECK_THAT(firms.Put(firm.asReader(), WriteIntent::kInsert),
             StatusIs(absl::StatusCode::kAlreadyExists, "key=IR-1001"));
  // The untyped interface sees the same record.
  REQUIRE_OK_AND_ASSIGN(const Record record, database->Get("firm", {"IR-1001"}));
  REQUIRE_OK_AND_ASSIGN(const std::string json, record.GetJson("names.text"));
  CHECK(json == "[\"سیمان آباده\"]");
}

TEST_CASE("typed table: a class without a table is refused", "[api]") {
  const TempDir directory;
  REQUIRE_OK_AND_ASSIGN(
      auto database,
      MakeDatabase(directory,
                   "struct Other $Daftar.table(name = \"firm\", key = [\"x\"]) { x @0 :Text; }"));
  CHECK_THAT(Table<registry::Firm>::Open(*database),
             StatusIs(absl::StatusCode::kNotFound, "class=Firm"));
}

}  // namespace
}  // namespace daftar
