#include "io/firm_book.h"

#include <algorithm>
#include <filesystem>

#include "absl/strings/str_cat.h"
#include "io/verify.h"
#include "support/status_matchers.h"
#include "txn/random_firms.h"

namespace daftar::testing {
FirmBook::FirmBook(std::mt19937* random, int commits) : core_(NewFirmDatabase()) {
  for (int i = 0; i < commits; ++i) CommitRandom(random);
}

void FirmBook::CommitRandom(std::mt19937* random) { CommitRandomFirms(core_.get(), random); }

VerifyReport FirmBook::Verify(bool repair) const {
  VerifyOptions options;
  options.repair = repair;
  REQUIRE_OK_AND_ASSIGN(VerifyReport report,
                        io::Verify(core_.get(), std::filesystem::temp_directory_path(), options));
  return report;
}

std::vector<std::string> FirmBook::Keys(codec::Space space) const {
  std::vector<std::string> keys;
  for (const auto& [key, value] : Contents()) {
    if (key.front() == static_cast<char>(space)) keys.push_back(key);
  }
  return keys;
}

std::string FirmBook::Value(const std::string& key) const {
  REQUIRE_OK_AND_ASSIGN(const auto value, core_->store().Get(key, {}));
  REQUIRE(value.has_value());
  return *value;
}

void FirmBook::Plant(const std::string& key, const std::optional<std::string>& value) {
  storage::Batch batch;
  if (value.has_value()) {
    batch.Put(key, *value);
  } else {
    batch.Delete(key);
  }
  REQUIRE_OK(core_->store().Write(batch, storage::Durability::kBuffered));
}

void FirmBook::Restore(const Model& contents) {
  storage::Batch batch;
  for (const auto& [key, value] : Contents()) batch.Delete(key);
  for (const auto& [key, value] : contents) batch.Put(key, value);
  REQUIRE_OK(core_->store().Write(batch, storage::Durability::kBuffered));
}

std::vector<ProblemKind> KindsOf(const VerifyReport& report) {
  std::vector<ProblemKind> kinds;
  for (const Problem& problem : report.problems) kinds.push_back(problem.kind);
  std::sort(kinds.begin(), kinds.end());
  kinds.erase(std::unique(kinds.begin(), kinds.end()), kinds.end());
  return kinds;
}

std::string Described(const VerifyReport& report) {
  std::string text;
  for (const Problem& problem : report.problems) {
    absl::StrAppend(&text, static_cast<int>(problem.kind), " ", problem.table, " ", problem.index,
                    " ", problem.key, " ", problem.commit.value(), ": ", problem.message, "\n");
  }
  return text;
}

}  // namespace daftar::testing
