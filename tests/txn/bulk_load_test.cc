#include "txn/bulk_load.h"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <string>
#include <thread>
#include <tuple>
#include <vector>

#include "support/status_matchers.h"
#include "support/temp_dir.h"
#include "txn/firm_table.h"

namespace daftar::testing {
namespace {

using txn::BulkLoad;
using txn::BulkLoadOptions;
using txn::BulkRecord;

// Lifetime: the record's.
BulkRecord ToAdd(const record::Message& record) {
  return {&record, journal::HashOf(record.bytes())};
}

// As many records as fill several runs of the smallest sorter.
std::vector<std::string> ManyFirms(int count) {
  std::vector<std::string> firms;
  for (int i = 0; i < count; ++i) {
    const std::string number = std::to_string(i * 7919 % count);
    std::string json = R"({"code": "c)" + number + R"(", "size": )" + std::to_string(i % 5);
    if (i % 3 != 0) json += R"(, "seal": "s)" + number + "\"";
    if (i % 2 != 0) json += R"(, "tags": ["t)" + number + R"(", "u)" + number + "\"]";
    firms.push_back(json + R"(, "note": ")" + std::string(40, 'n') + "\"}");
  }
  return firms;
}

class Loader {
 public:
  explicit Loader(txn::Core* core, WriteIntent intent = WriteIntent::kInsert)
      : core_(core), options_{.intent = intent, .spill_folder = folder_.path()} {}

  BulkLoadOptions& options() { return options_; }
  BulkLoad& load() {
    if (!load_.has_value()) load_.emplace(core_, &FirmTable(*core_), options_);
    return *load_;
  }
  absl::Status Add(std::string_view json, uint64_t line) {
    const record::Message record = Firm(*core_, json);
    const BulkRecord added = ToAdd(record);
    return load().Add({&added, 1}, line);
  }
  absl::StatusOr<BulkLoad::Result> AddAllAndFinish(const std::vector<std::string>& firms) {
    for (size_t i = 0; i < firms.size(); ++i) {
      if (absl::Status status = Add(firms[i], i + 1); !status.ok()) return status;
    }
    return load().Finish();
  }
  void End() { load_.reset(); }

 private:
  const TempDir folder_;
  txn::Core* core_;
  BulkLoadOptions options_;
  std::optional<BulkLoad> load_;
};

absl::Status CommitAll(txn::Core* core, const std::vector<std::string>& firms) {
  std::vector<txn::RecordWrite> writes;
  for (const std::string& json : firms) writes.push_back(Put(*core, json));
  return Commit(core, writes).status();
}

TEST_CASE("bulk load: leaves the very bytes that one commit leaves", "[txn][property]") {
  const auto [name, sort_bytes, remembered_bytes, intent] =
      GENERATE(table<const char*, size_t, size_t, WriteIntent>(
          {{"in memory", size_t{1} << 20, size_t{1} << 20, WriteIntent::kInsert},
           {"spilling", 4096, size_t{1} << 20, WriteIntent::kInsert},
           {"remembering nothing", size_t{1} << 20, 0, WriteIntent::kInsert},
           {"upsert, spilling", 4096, 0, WriteIntent::kUpsert}}));
  const bool in_memory = GENERATE(true, false);
  CAPTURE(name, in_memory);
  const TempDir directory;
  const std::vector<std::string> firms = ManyFirms(600);
  const auto committed = NewFirmDatabase();
  REQUIRE_OK(CommitAll(committed.get(), firms));
  const auto loaded = NewFirmDatabase(
      in_memory ? storage::NewMemoryStore()
                : storage::OpenRocksStore(directory.path(), SmallRocksOptions()).value());
  Loader loader(loaded.get(), intent);
  loader.options().sort_bytes_max = sort_bytes;
  loader.options().remembered_bytes_max = remembered_bytes;
  REQUIRE_OK_AND_ASSIGN(const BulkLoad::Result result, loader.AddAllAndFinish(firms));
  CHECK(result.version == CommitVersion(1));
  CHECK(result.records_changed == 600);
  CHECK(Contents(loaded->store()) == Contents(committed->store()));
  CHECK(CheckedFirms(loaded->store()).size() == 600);
}

TEST_CASE("bulk load: upserts over existing records as a commit does", "[txn][property]") {
  const std::vector<std::string> before = ManyFirms(300);
  // Some stay, some change, some are new; two exchange their seals.
  std::vector<std::string> after(before.begin(), before.begin() + 100);
  for (const char* json : {R"({"code": "c1", "seal": "s2"})", R"({"code": "c2", "seal": "s1"})",
                           R"({"code": "new", "tags": ["t_new"], "size": 4})"}) {
    after.emplace_back(json);
  }
  const auto committed = NewFirmDatabase();
  const auto loaded = NewFirmDatabase();
  for (txn::Core* core : {committed.get(), loaded.get()}) REQUIRE_OK(CommitAll(core, before));
  REQUIRE_OK(CommitAll(committed.get(), after));
  Loader loader(loaded.get(), WriteIntent::kUpsert);
  loader.options().sort_bytes_max = 4096;
  REQUIRE_OK_AND_ASSIGN(const BulkLoad::Result result, loader.AddAllAndFinish(after));
  CHECK(result.version == CommitVersion(2));
  CHECK(result.records_changed == 3);
  CHECK(Contents(loaded->store()) == Contents(committed->store()));
  CheckedFirms(loaded->store());
}

TEST_CASE("bulk load: the last of several upserts of one key wins", "[txn][unit]") {
  const auto core = NewFirmDatabase();
  Loader loader(core.get(), WriteIntent::kUpsert);
  REQUIRE_OK_AND_ASSIGN(
      const BulkLoad::Result result,
      loader.AddAllAndFinish({R"({"code": "A", "size": 3, "seal": "s"})",
                              R"({"code": "B", "size": 1})", R"({"code": "A", "size": 2})",
                              R"({"code": "B", "size": 4, "seal": "s"})"}));
  CHECK(result.records_changed == 2);
  CHECK(CheckedFirms(core->store()) ==
        Firms{{"A", R"({"code":"A","size":2})"}, {"B", R"({"code":"B","seal":"s","size":4})"}});
}

TEST_CASE("bulk load: an insert names both lines of a duplicate, and goes on", "[txn][unit]") {
  const auto core = NewFirmDatabase();
  REQUIRE_OK(Commit(core.get(), Put(*core, R"({"code": "A", "seal": "s", "tags": ["x"]})")));
  Loader loader(core.get());
  REQUIRE_OK(loader.Add(R"({"code": "B", "seal": "t", "tags": ["y"]})", 1));
  CHECK_THAT(loader.Add(R"({"code": "B"})", 2),
             StatusIs(absl::StatusCode::kAlreadyExists, "line 1 has the same key; key=B"));
  CHECK_THAT(loader.Add(R"({"code": "A"})", 3),
             StatusIs(absl::StatusCode::kAlreadyExists,
                      "a record with this key exists; use upsert to replace it; key=A"));
  CHECK_THAT(loader.Add(R"({"code": "C", "seal": "t"})", 4),
             StatusIs(absl::StatusCode::kAlreadyExists,
                      "line 1 has the same values of the unique index bySeal"));
  CHECK_THAT(loader.Add(R"({"code": "C", "tags": ["q", "x"]})", 5),
             StatusIs(absl::StatusCode::kAlreadyExists,
                      "another record has these values of a unique index; table=firm; index=byTag; "
                      "values=tags 'x'; key=C; other key=A"));
  CHECK_THAT(loader.Add(R"({"seal": "u"})", 6),
             StatusIs(absl::StatusCode::kInvalidArgument, "key field is not set"));
  // What refused lines would have taken is free.
  REQUIRE_OK(loader.Add(R"({"code": "C", "seal": "u", "tags": ["q"]})", 7));
  REQUIRE_OK(loader.load().Finish());
  CHECK(CheckedFirms(core->store()).size() == 3);
}

TEST_CASE("bulk load: a line of several records is taken in whole or not at all", "[txn][unit]") {
  const auto core = NewFirmDatabase();
  Loader loader(core.get());
  std::vector<record::Message> records;
  records.push_back(Firm(*core, R"({"code": "A", "seal": "s"})"));
  records.push_back(Firm(*core, R"({"code": "B", "seal": "s"})"));
  std::vector<BulkRecord> added = {ToAdd(records[0]), ToAdd(records[1])};
  CHECK_THAT(loader.load().Add(added, 1),
             StatusIs(absl::StatusCode::kAlreadyExists,
                      "two records of this line have the same values of the unique index bySeal"));
  records.pop_back();
  records.push_back(Firm(*core, R"({"code": "B"})"));
  added = {ToAdd(records[0]), ToAdd(records[1])};
  REQUIRE_OK(loader.load().Add(added, 2));
  REQUIRE_OK(loader.load().Finish());
  CHECK(CheckedFirms(core->store()).size() == 2);
}

TEST_CASE("bulk load: what Add no longer remembers is found at Finish", "[txn][unit]") {
  using Lines = std::vector<std::string>;
  const auto [name, intent, lines, message] =
      GENERATE(table<const char*, WriteIntent, Lines, const char*>(
          {{"key twice",
            WriteIntent::kInsert,
            {R"({"code": "B"})", R"({"code": "B"})"},
            "two lines have the same key; line=1; other line=2; key=B"},
           {"seal twice",
            WriteIntent::kInsert,
            {R"({"code": "B", "seal": "t"})", R"({"code": "C", "seal": "t"})"},
            "index=bySeal; values=seal 't'; key=B; other key=C"},
           {"upsert of a seal twice",
            WriteIntent::kUpsert,
            {R"({"code": "B", "seal": "t"})", R"({"code": "C", "seal": "t"})"},
            "index=bySeal; values=seal 't'; key=B; other key=C"},
           {"upsert of a taken seal",
            WriteIntent::kUpsert,
            {R"({"code": "B", "seal": "s"})"},
            "index=bySeal; values=seal 's'; key=B; other key=A"},
           {"upsert of a taken tag",
            WriteIntent::kUpsert,
            {R"({"code": "B", "tags": ["y", "x"]})"},
            "index=byTag; values=tags 'x'; key=B; other key=A"}}));
  CAPTURE(name);
  const auto core = NewFirmDatabase();
  REQUIRE_OK(Commit(core.get(), Put(*core, R"({"code": "A", "seal": "s", "tags": ["x"]})")));
  const Model before = Contents(core->store());
  Loader loader(core.get(), intent);
  loader.options().remembered_bytes_max = 0;
  CHECK_THAT(loader.AddAllAndFinish(lines), StatusIs(absl::StatusCode::kAlreadyExists, message));
  loader.End();
  CHECK(Contents(core->store()) == before);
  REQUIRE_OK(Commit(core.get(), Put(*core, R"({"code": "Z"})")));
}

TEST_CASE("bulk load: an upsert may free what another takes", "[txn][unit]") {
  const auto core = NewFirmDatabase();
  REQUIRE_OK(Commit(core.get(), Put(*core, R"({"code": "A", "seal": "s", "tags": ["x", "y"]})"),
                    Put(*core, R"({"code": "B", "seal": "t", "tags": ["z"]})")));
  Loader loader(core.get(), WriteIntent::kUpsert);
  REQUIRE_OK(loader.AddAllAndFinish({R"({"code": "A", "seal": "t", "tags": ["z"]})",
                                     R"({"code": "B", "seal": "s", "tags": ["y"]})",
                                     R"({"code": "C", "tags": ["x"]})"}));
  CHECK(CheckedFirms(core->store()).size() == 3);
}

TEST_CASE("bulk load: nothing is left of one that was not finished, or only tried", "[txn][unit]") {
  const bool dry_run = GENERATE(false, true);
  CAPTURE(dry_run);
  const auto core = NewFirmDatabase();
  REQUIRE_OK(Commit(core.get(), Put(*core, R"({"code": "A"})")));
  const Model before = Contents(core->store());
  Loader loader(core.get());
  loader.options().sort_bytes_max = 4096;
  loader.options().dry_run = dry_run;
  for (int i = 0; i < 300; ++i) {
    REQUIRE_OK(loader.Add(ManyFirms(300)[static_cast<size_t>(i)], static_cast<uint64_t>(i)));
    if (i == 0) CHECK(Contents(core->store()) == before);
  }
  if (dry_run) {
    REQUIRE_OK_AND_ASSIGN(const BulkLoad::Result result, loader.load().Finish());
    CHECK(result.records_changed == 300);
    CHECK(result.version == CommitVersion(1));
  }
  loader.End();
  CHECK(Contents(core->store()) == before);
  REQUIRE_OK_AND_ASSIGN(const CommitVersion next,
                        Commit(core.get(), Put(*core, R"({"code": "B"})")));
  CHECK(next == CommitVersion(2));
}

TEST_CASE("bulk load: one that changes nothing spends no version", "[txn][unit]") {
  const auto core = NewFirmDatabase();
  REQUIRE_OK(CommitAll(core.get(), ManyFirms(20)));
  const Model before = Contents(core->store());
  Loader loader(core.get(), WriteIntent::kUpsert);
  REQUIRE_OK_AND_ASSIGN(const BulkLoad::Result result, loader.AddAllAndFinish(ManyFirms(20)));
  CHECK(result.version == CommitVersion(1));
  CHECK(result.records_changed == 0);
  CHECK(Contents(core->store()) == before);
}

TEST_CASE("bulk load: other commits wait for its end", "[txn][unit]") {
  const auto core = NewFirmDatabase();
  Loader loader(core.get());
  REQUIRE_OK(loader.Add(R"({"code": "A"})", 1));
  absl::StatusOr<CommitVersion> other = absl::UnknownError("not run");
  std::thread thread([&] { other = Commit(core.get(), Put(*core, R"({"code": "B"})")); });
  const auto result = loader.load().Finish();
  loader.End();
  thread.join();
  REQUIRE_OK(result);
  CHECK(result->version == CommitVersion(1));
  REQUIRE_OK(other);
  CHECK(*other == CommitVersion(2));
  CHECK(CheckedFirms(core->store()).size() == 2);
}

}  // namespace
}  // namespace daftar::testing
