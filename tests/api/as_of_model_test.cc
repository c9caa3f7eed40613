// The two clocks: random changes to permits, each with a date from which it holds, and questions
// about what the book said at earlier moments, by commit and by time. The model keeps every
// version.

#include <catch2/catch_get_random_seed.hpp>
#include <catch2/catch_test_macros.hpp>
#include <chrono>
#include <cstdlib>
#include <random>
#include <set>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "api/fixtures.h"
#include "api/permit_model.h"

namespace daftar {
namespace {

using testing::MakeDatabase;
using testing::Permit;
using testing::PermitHistory;
using testing::PermitKey;
using testing::Permits;
using testing::Question;
using testing::StatusIs;
using testing::TempDir;
using testing::ToJson;
using testing::ToKey;

// A database grows with its history: after so many writes a new one is begun.
constexpr uint64_t kStepsPerDatabase = 25'000;
constexpr uint64_t kReopenings = 20;  // of one database
constexpr size_t kViewsHeld = 4;

uint64_t Steps() {
  uint64_t steps = 0;
  const char* wanted = std::getenv("DAFTAR_MODEL_STEPS");
  if (wanted != nullptr && absl::SimpleAtoi(wanted, &steps)) return steps;
  return 4000;
}

int64_t Now() {
  return std::chrono::duration_cast<std::chrono::microseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

class Simulation {
 public:
  explicit Simulation(uint64_t seed) : random_(seed) {
    auto made = MakeDatabase(directory_, testing::kPermits);
    REQUIRE_OK(made);
    database_ = *std::move(made);
    moments_.push_back(Now());
  }

  void Run(uint64_t steps) {
    while (steps_ < steps) {
      // No two commits within one microsecond, so that there is a time between any two.
      while (Now() <= moments_.back()) continue;
      const uint32_t kind = Below(1000);
      if (kind < 500) {
        CommitBatch();
      } else if (kind < 995) {
        CommitTransaction();
      } else {
        Import();
      }
      if (Below(2) == 0) Ask();
      if (Below(static_cast<uint32_t>(steps / kReopenings + 1)) == 0) Reopen();
    }
    Reopen();
    for (int i = 0; i < 50; ++i) Ask();
    REQUIRE_OK_AND_ASSIGN(const VerifyReport report, database_->Verify());
    REQUIRE(report.problems_found == 0);
  }

 private:
  uint32_t Below(uint32_t n) { return std::uniform_int_distribution<uint32_t>(0, n - 1)(random_); }
  uint32_t Any() { return static_cast<uint32_t>(random_()); }
  uint64_t newest() const { return moments_.size() - 1; }

  PermitKey RandomKey() { return {testing::HolderOf(Any()), Below(testing::kNumbers)}; }

  // A permit for a key, with a code that nobody holds or none.
  Permit RandomPermit(const PermitKey& key) {
    Permit permit;
    permit.key = key;
    permit.valid_from = testing::DayOf(Any());
    permit.state = static_cast<int>(Below(3));
    permit.amount = Below(testing::kAmounts);
    if (Below(2) == 0) permit.code = testing::CodeOf(Any());
    for (const auto& [other, held] : now_) {
      if (other != key && held.code == permit.code) permit.code.reset();
    }
    std::set<std::string> tags;
    for (uint32_t n = Below(3); n > 0; --n) tags.insert(testing::TagOf(Any()));
    permit.tags.assign(tags.begin(), tags.end());
    return permit;
  }

  // Notes that a commit has made `now_` of what it was, if it has.
  void Note(const absl::StatusOr<CommitVersion>& committed) {
    REQUIRE_OK(committed);
    if (now_ == before_) {
      REQUIRE(committed->value() == newest());
      return;
    }
    REQUIRE(committed->value() == newest() + 1);
    const uint64_t version = committed->value();
    for (const auto& [key, permit] : now_) {
      const auto old = before_.find(key);
      if (old == before_.end() || old->second != permit) {
        history_.Put(version, permit);
      }
    }
    for (const auto& [key, permit] : before_) {
      if (!now_.contains(key)) history_.Delete(version, key);
    }
    before_ = now_;
    moments_.push_back(Now());
  }

  // One random write, for a batch or a transaction.
  template <typename Writer>
  void Write(Writer& writer) {
    ++steps_;
    const PermitKey key = RandomKey();
    const bool exists = now_.contains(key);
    if (exists && Below(3) == 0) {
      REQUIRE_OK(writer.Delete("permit", ToKey(key)));
      now_.erase(key);
      return;
    }
    // Sometimes with nothing changed.
    const Permit permit = exists && Below(10) == 0 ? now_.at(key) : RandomPermit(key);
    const WriteIntent strict = exists ? WriteIntent::kUpdate : WriteIntent::kInsert;
    const WriteIntent intent = Below(2) == 0 ? WriteIntent::kUpsert : strict;
    REQUIRE_OK(writer.Put("permit", ToJson(permit), intent));
    now_[key] = permit;
  }

  void CommitBatch() {
    Batch batch = database_->NewBatch();
    for (uint32_t n = 1 + Below(6); n > 0; --n) Write(batch);
    Note(database_->Commit(std::move(batch), {.durability = Durability::kBuffered}));
  }

  void CommitTransaction() {
    REQUIRE_OK_AND_ASSIGN(Transaction transaction, database_->Begin());
    for (uint32_t n = 1 + Below(4); n > 0; --n) Write(transaction);
    if (Below(4) == 0) {
      const Permits kept = now_;
      const Transaction::Savepoint savepoint = transaction.MakeSavepoint();
      for (uint32_t n = 1 + Below(3); n > 0; --n) Write(transaction);
      REQUIRE_OK(transaction.RollbackTo(savepoint));
      now_ = kept;
    }
    if (Below(10) == 0) {
      now_ = before_;  // given up
      return;
    }
    Note(std::move(transaction).Commit({.durability = Durability::kBuffered}));
  }

  void Import() {
    std::string lines;
    for (uint32_t n = 1 + Below(20); n > 0; --n) {
      ++steps_;
      const Permit permit = RandomPermit(RandomKey());
      now_[permit.key] = permit;
      lines += ToJson(permit) + "\n";
    }
    testing::WriteFile(directory_ / "rows.jsonl", lines);
    REQUIRE_OK(
        database_->Import("permit", directory_ / "rows.jsonl", {.mode = ImportMode::kUpsert}));
    Note(database_->View().version());
  }

  void Reopen() {
    held_.clear();
    database_.reset();
    auto opened = Database::Open(directory_ / "db");
    REQUIRE_OK(opened);
    database_ = *std::move(opened);
    REQUIRE(database_->View().version().value() == newest());
  }

  // A view of a random moment, reached in one of the ways there are.
  ReadView RandomView() {
    if (held_.size() < kViewsHeld) held_.push_back(database_->View());
    // Half of the moments are close to the present.
    const uint64_t back = Below(2) == 0 ? Below(20) : Any();
    const uint64_t version = newest() - back % (newest() + 1);
    switch (Below(4)) {
      case 0: {
        // Replaced now and then, so that they are of different ages.
        const ReadView view = held_[Below(kViewsHeld) % held_.size()];
        if (Below(20) == 0) held_.erase(held_.begin());
        return view;
      }
      case 1: {
        // Any time from right after the commit until right before the next one.
        auto view = database_->View(AsOf::Time(Instant{moments_[version]}));
        REQUIRE_OK(view);
        REQUIRE(view->version().value() == version);
        return *std::move(view);
      }
      case 2: {
        auto view = database_->View(AsOf::Commit(CommitVersion(version)));
        REQUIRE_OK(view);
        return *std::move(view);
      }
      default:
        return database_->View();
    }
  }

  void Ask() {
    const ReadView view = RandomView();
    const uint64_t version = view.version().value();
    CAPTURE(steps_, version, newest());
    if (Below(4) == 0) return AskForKey(view);
    testing::QuestionDice dice = {Any(), Any(), Any(), Any(), Below(2) == 0, 0};
    if (Below(3) == 0) dice.limit = 1 + Below(5);
    const Question question = testing::MakeQuestion(dice);
    CAPTURE(dice.kind % testing::kQuestionKinds, question.low, question.high, question.text,
            question.reverse, dice.limit);
    auto cursor = database_->Run(view, question.query);
    REQUIRE_OK(cursor);
    std::string rows;
    while (true) {
      REQUIRE_OK_AND_ASSIGN(const bool more, cursor->Next());
      if (!more) break;
      REQUIRE_OK_AND_ASSIGN(const std::string json, cursor->ToJson());
      rows += json + "\n";
    }
    REQUIRE(rows == question.Answer(history_.At(version)));
  }

  void AskForKey(const ReadView& view) {
    const PermitKey key = RandomKey();
    REQUIRE_OK_AND_ASSIGN(const auto found, database_->Find(view, "permit", ToKey(key)));
    const std::optional<Permit> expected = history_.Find(view.version().value(), key);
    REQUIRE(found.has_value() == expected.has_value());
    if (!found.has_value()) return;
    REQUIRE_OK_AND_ASSIGN(const std::string json, found->ToJson());
    REQUIRE(json == ToJson(*expected));
  }

  const TempDir directory_;
  std::mt19937_64 random_;
  std::unique_ptr<Database> database_;
  Permits now_;
  Permits before_;  // as of the newest commit
  PermitHistory history_;
  std::vector<int64_t> moments_;  // by commit: a time after it and before the next
  std::vector<ReadView> held_;
  uint64_t steps_ = 0;
};

TEST_CASE("as of: every moment is answered as it was, by commit and by time", "[api][property]") {
  const uint64_t seed = Catch::getSeed();
  CAPTURE(seed);
  const uint64_t steps = Steps();
  for (uint64_t done = 0, round = 0; done < steps; done += kStepsPerDatabase, ++round) {
    CAPTURE(round);
    Simulation(seed + round).Run(std::min(kStepsPerDatabase, steps - done));
  }
}

TEST_CASE("as of: moments that are not there", "[api]") {
  const TempDir directory;
  REQUIRE_OK_AND_ASSIGN(auto database, MakeDatabase(directory, testing::kPermits));
  const int64_t before = Now();
  while (Now() <= before) continue;
  REQUIRE_OK(database->Put("permit", R"({"holder":"h","number":1})"));
  CHECK_THAT(database->View(AsOf::Commit(CommitVersion(2))),
             StatusIs(absl::StatusCode::kInvalidArgument,
                      "there is no such commit yet; commit=2; newest=1"));
  REQUIRE_OK_AND_ASSIGN(const ReadView first, database->View(AsOf::Time(Instant{before})));
  CHECK(first.version() == CommitVersion(0));
  REQUIRE_OK_AND_ASSIGN(const auto absent, database->Find(first, "permit", {"h", 1}));
  CHECK(!absent.has_value());
  REQUIRE_OK_AND_ASSIGN(const ReadView future,
                        database->View(AsOf::Time(Instant{Now() + 1'000'000'000})));
  CHECK(future.version() == CommitVersion(1));
}

}  // namespace
}  // namespace daftar
